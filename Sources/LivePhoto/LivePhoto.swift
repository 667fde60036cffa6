// LivePhoto
