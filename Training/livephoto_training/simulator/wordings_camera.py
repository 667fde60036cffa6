"""What is said of the camera. See ``wordings.py`` for the notation."""

from __future__ import annotations

from .wordings import verbs

CAMERA_NOUNS = ["the camera", "camera", "the camera", "a camera", "our camera", "the shot", "the viewpoint", "the cameraman", "the view", "the lens",
                "the frame", "my camera", "the drone", "the point of view"]
SCENE_NOUNS = ["the scene", "everything", "the picture", "the whole picture", "the image", "the whole scene", "the photo"]

#: key -> (verbs of the camera, phrases that stand alone).
CAMERA = {
    "pan": (verbs("pan ~", "move ~", "slide ~", "shift ~", "glide ~", "travel ~", "drift ~", "sweep ~", "turn ~", "look ~", "truck ~", "go ~",
                  "pan ~ across {w}", "move ~ along {w}", "track ~", "swing ~", "pan ~ over {w}", "sweep ~ over {w}", "float ~", "scan ~",
                  "dolly ~", "pan horizontally ~", "head ~", "slide ~ past {w}", "creep ~", "whip ~", "wander ~", "fly ~"),
            ["~ pan", "a pan ~", "a {j} camera pan ~", "camera pan ~", "camera movement ~", "{j} pan shot ~", "panning shot ~", "look ~",
             "a smooth pan ~", "tracking shot ~", "we look ~", "show what is further ~", "camera motion ~", "dolly ~", "camera ~", "the camera ~",
             "a {j} pan ~ across {w}", "horizontal pan ~", "camera from the side, moving ~", "let us see what is ~", "a lateral move ~",
             "the view slides ~", "scroll the view ~", "whip pan ~", "a truck move ~", "a traveling shot ~", "reveal what is ~"]),
    "tilt": (verbs("pan ~", "move ~", "tilt ~", "slide ~", "shift ~", "glide ~", "travel ~", "look ~", "go ~", "crane ~", "rise ~", "pedestal ~",
                   "tilt ~ along {w}", "sweep ~", "drift ~", "point ~", "turn ~", "boom ~", "pan vertically ~", "scan ~", "float ~",
                   "move ~ over {w}", "swing ~"),
             ["tilt ~", "a {j} tilt ~", "a camera tilt ~", "camera tilt ~", "pan ~", "look ~", "we look ~", "camera movement ~",
              "camera pan ~", "camera ~", "crane shot ~", "pedestal ~", "tilting shot ~", "show what is further ~", "{j} vertical pan ~",
              "a boom shot ~", "the camera ~", "~ tilt", "the view moves ~", "scroll the view ~", "a crane move ~", "camera motion ~"]),
    "zoom_in": (verbs("zoom in", "move closer", "come closer", "push in", "approach", "move in", "move forward", "dolly in", "zoom",
                      "close in", "get|gets|getting closer", "zoom in on {w}", "push in on {w}", "move towards {w}", "approach {w}",
                      "go forward", "fly towards {w}", "zoom into {w}", "move closer to {w}", "close in on {w}", "dolly forward", "go in",
                      "track in", "focus in on {w}", "come nearer", "draw near", "creep closer", "zoom in towards {w}", "advance",
                      "dolly towards {w}", "rush forward", "move into {w}"),
                ["zoom in", "zoom", "zooming in", "a {j} zoom in", "{j} zoom", "close up", "a close-up", "closer", "push in", "magnify {w}",
                 "zoom into {w}", "enlarge the picture", "the view comes nearer", "go closer", "zoom on the center", "dolly in",
                 "zoom in on {w}", "a {j} push-in", "close-up of {w}", "push in towards {w}", "dolly forward", "a {j} zoom into {w}",
                 "take me closer to {w}", "bring {w} closer", "camera forward", "move in on {w}", "a dolly-in shot", "focus on {w}",
                 "get a closer look at {w}", "we fly into {w}", "{w} [fills the frame more and more]", "crash zoom", "zoom towards {w}"]),
    "zoom_out": (verbs("zoom out", "move back", "pull back", "pull out", "back away", "move backward", "dolly out", "move away",
                       "retreat", "step back", "zoom out from {w}", "pull away from {w}", "move away from {w}", "back off", "go backwards",
                       "fly backwards", "dolly back", "track out", "withdraw", "zoom back", "draw back", "recede", "zoom away from {w}",
                       "widen", "leave {w} behind"),
                 ["zoom out", "zooming out", "a {j} zoom out", "wider view", "pull back", "show more of {w}", "reveal the surroundings",
                  "zoom out of {w}", "the view widens", "go farther away", "zoom away", "dolly out", "farther away", "camera backward",
                  "a {j} pull-back", "reveal the whole of {w}", "a wide shot opens up", "dolly backwards", "pull back from {w}",
                  "see {w} from farther away", "a dolly-out shot", "get some distance from {w}", "show the bigger picture",
                  "pull back to reveal {w}", "zoom out to show {w}"]),
    "roll": (verbs("roll ~", "rotate ~", "spin ~", "turn ~", "tilt ~", "twist ~", "bank ~", "roll over ~", "rotate about its own axis ~",
                   "lean over ~", "tip over ~", "whirl ~", "cant ~"),
             ["roll ~", "a {j} roll ~", "camera roll ~", "a camera roll ~", "rotate the camera ~", "a {j} rotation of the camera ~", "barrel roll ~",
              "dutch tilt ~", "rotate the view ~", "a dutch angle ~", "spin the camera ~",
              "roll the camera ~", "twist the view ~", "a rolling shot ~", "tip the frame ~", "a rotating camera ~"]),
    "shake": (verbs("shake", "tremble", "wobble", "jitter", "jiggle", "judder", "vibrate", "quake", "rattle", "be|is|being shaken",
                    "bounce around", "jerk", "rock", "shudder", "shake around", "jolt", "move shakily", "twitch"),
              ["shaky camera", "camera shake", "a shaky camera", "earthquake", "an earthquake", "handheld camera", "handheld shot",
               "shaky footage", "shake the camera", "the ground shakes", "a shaking picture", "everything shakes", "everything trembles",
               "camera vibration", "an unsteady camera", "the earth quakes", "an earthquake shakes {w}", "{j} shaking", "shaky cam",
               "a trembling camera", "filmed by hand, unsteady", "the whole world shakes", "a {j} tremor", "wobbly camera", "a bumpy ride",
               "the explosion shakes the camera", "shake everything", "rattle the picture", "a hand-held look", "{w} [is hit by an earthquake]",
               "a jittery shot", "turbulence"]),
    "orbit": (verbs("orbit ~", "circle ~", "revolve ~", "turn around ~", "rotate around {w} ~", "move around {w} ~", "arc ~",
                    "orbit around {w} ~", "go around ~", "circle around {w} ~", "fly around {w} ~", "travel around {w} ~", "orbit {w} ~",
                    "move in an arc ~", "walk around {w} ~", "swing around {w} ~", "revolve around {w} ~", "circle {w} ~", "arc around {w} ~",
                    "turn around {w} ~", "go round {w} ~", "pivot around {w} ~", "move in a circle around {w} ~"),
              ["orbit ~", "an orbit ~", "camera orbit ~", "orbiting shot ~", "{j} arc shot ~", "a parallax move ~", "turn around {w} ~",
               "circle around {w} ~", "view from the side ~", "orbit around {w} ~", "a {j} orbit around {w} ~", "360 view ~", "a 3d move ~",
               "look at {w} from another side ~", "parallax ~", "a turntable shot ~", "show {w} from all sides ~", "walk around {w} ~",
               "camera around {w} ~", "a circling shot of {w} ~", "an arc around {w} ~", "see around {w} ~", "a 3d effect ~"]),
}
#: The whole picture goes the other way than the camera.
SCENE_VERBS = {
    "pan": verbs("move", "slide", "shift", "drift", "go", "scroll"), "tilt": verbs("move", "slide", "shift", "go", "scroll"),
    "roll": verbs("rotate", "turn", "spin", "roll"),
}
#: family -> phrases without a direction, so that the motion is never the mean of two opposite ones.
UNDIRECTED_PHRASES = {
    "pan_right": ["the camera [pans]", "a {j} [camera pan]", "[pan across] {w}", "a [panning shot] of {w}", "the camera [travels along] {w}",
                  "the camera [sweeps over] {w}", "[panning]", "the camera [pans across] {w}", "[a sideways tracking shot]"],
    "orbit_right": ["the camera [turns around]", "the camera [turns around] {w}", "[orbit around] {w}", "the camera [circles] {w}", "[orbiting]",
                    "the camera [rotates around] {w}", "[orbit]", "the camera [moves around] {w}", "[turn around] {w}", "[360 degree view] of {w}",
                    "the camera [goes all the way around] {w}", "[camera turns around]", "the camera [turns round]"],
}
