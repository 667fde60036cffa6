"""Captions that know their words, and the training of the text encoder on them."""

import json
import random

import numpy as np
import pytest
import torch

from livephoto_training.export.tiny import configuration, random_model
from livephoto_training.model.tokenizer import train_tokenizer
from livephoto_training.simulator.caption import Caption, tidy
from livephoto_training.simulator.grammar import FAMILY_WORDS, Grammar, is_plural, plural_form
from livephoto_training.simulator import sentences as written
from livephoto_training.simulator.sentences import marked_words, sentences, sided
from livephoto_training.simulator.wordings import verbs
from livephoto_training.train.caption_source import FAMILIES, Batch, CaptionSource, Sample, token_spans
from livephoto_training.train.neighbours import Neighbours
from livephoto_training.train.vocabulary import usages
from livephoto_training.train.word_report import PROMPTS, prompt_samples
from livephoto_training.train.words import kept_loss, weight_loss


def words_of_spans(caption: Caption, spans) -> list[str]:
    return [caption[start:end] for start, end in spans]


def test_marks_become_spans():
    caption = Caption.parse("the <minion> [is  jumping over <the lake> [ to the left]]  , slowly", -1.0)
    assert caption == "the minion is jumping over the lake to the left, slowly" and caption.speed == -1
    assert words_of_spans(caption, caption.motion_words) == ["is jumping over", "to the left"]
    assert words_of_spans(caption, caption.place_words) == ["minion", "the lake"]
    assert tidy("a <owl> [] flies .") == "an <owl> flies."


def test_verbs_are_conjugated():
    assert verbs("hop around", "lie down", "wave", "cry") == [("hop around", "hops around", "hopping around"), ("lie down", "lies down", "lying down"),
                                                             ("wave", "waves", "waving"), ("cry", "cries", "crying")]
    assert verbs("be|is|being on fire", "rise and fall|rises and falls|rising and falling") == [
        ("be on fire", "is on fire", "being on fire"), ("rise and fall", "rises and falls", "rising and falling")]
    assert plural_form("is burning") == "are burning" and plural_form("crashes on") == "crash on"
    assert is_plural("the leaves of the tree") and not is_plural("the grass") and not is_plural("a bouquet of roses")


@pytest.mark.parametrize("family", sorted(FAMILY_WORDS))
def test_captions_name_motion_and_things(family):
    rng, grammar = random.Random(3), Grammar("train")
    named = 0
    for _ in range(60):
        caption = grammar.caption(family, rng, "teapot", rng.random(), None, "the harbour")
        assert not set("[]<>{}~") & set(caption) and "  " not in caption
        assert caption.motion_words, caption
        assert all(caption[start:end] == caption[start:end].strip() for start, end in caption.motion_words + caption.place_words)
        named += any(word in ("teapot", "the teapot", "the harbour") for word in words_of_spans(caption, caption.place_words))
    kind = FAMILY_WORDS[family][0]
    assert named > {"camera": -1, "subject": 35}.get(kind, 6)


def test_every_family_has_written_sentences():
    written = sentences()
    assert set(written) == set(FAMILY_WORDS) and all(len(listed) >= (40 if FAMILY_WORDS[name][0] == "camera" else 25) for name, listed in written.items())
    for sentence in (sentence for listed in written.values() for sentence in listed):
        assert not set("|[]") & set(sentence.text) and sentence.text.count("(") == sentence.text.count(")"), sentence
    assert all(0 < sum(s.held_out for s in listed) < len(listed) / 2 for listed in written.values())


def test_a_section_of_two_families_is_mirrored_and_held_out_as_one(tmp_path, monkeypatch):
    assert sided("look {up|down} to the left, then leftwards", 1) == "look down to the right, then rightwards"
    assert sided("do it {clockwise|to the left}", 1) == "do it to the left" and sided("from right to left", 0) == "from right to left"
    text = "== pan_left\nalone\n== pan_left pan_right\n" + "".join(f"to the left, number {number}\n" for number in range(100))
    (tmp_path / "pans.txt").write_text(text, encoding="utf-8")
    monkeypatch.setattr(written, "FOLDER", tmp_path)
    left, right = (written.sentences.__wrapped__()[name] for name in ("pan_left", "pan_right"))
    assert [s.text.replace("left", "right") for s in left[1:]] == [s.text for s in right] and left[0].text == "alone"
    assert [s.held_out for s in left[1:]] == [s.held_out for s in right] and 0 < sum(s.held_out for s in right) < 50


def test_fillers_say_no_motion():
    assert marked_words("could you please let the <{o}>'s tail wag") == "could you please let the <{o}>'s [tail] [wag]"
    assert marked_words("{w} [is] in the <sky>") == "{w} [is] in the <sky>" and marked_words("let it be") == "[let it be]"


def test_sentences_of_one_split_only():
    rng = random.Random(9)
    train, held_out = Grammar("train", 1.0), Grammar("eval", 1.0)
    assert not {s.text for s in train.sentences["zoom_in"]} & {s.text for s in held_out.sentences["zoom_in"]}
    train.sentences["wind"] = [s for s in train.sentences["wind"] if s.text.startswith("{w}") and "flutters" in s.text]
    texts = {train.caption("wind", rng, None, 0.5, None, "the flags").lower() for _ in range(300)}
    assert any(text.startswith("the flags flutter") for text in texts) and not any("flags flutters" in text for text in texts)


def test_no_sentence_about_another_thing_than_the_given_one():
    rng, grammar = random.Random(11), Grammar("train", 1.0)
    for family in ("jump", "sway", "act", "move_left"):
        assert any("<" in s.text and "{o}" not in s.text for s in grammar.sentences[family])
        assert all("teapot" in grammar.caption(family, rng, "teapot").lower() for _ in range(200))
    for family in ("wind", "smoke"):
        captions = [grammar.caption(family, rng, None, 0.5, None, "the teapot") for _ in range(200)]
        assert all("teapot" in caption.lower() or not caption.place_words for caption in captions)


def test_changed_sentences_differ_in_words_alone():
    words = ["boat", "ship", "rocks", "sways"]
    neighbours = Neighbours(words, np.array([[1], [0], [3], [2]]))
    changed = {neighbours.changed("the boat rocks on the boat's mooring", random.Random(seed)) for seed in range(40)}
    assert changed == {"the ship rocks on the boat's mooring", "the boat sways on the boat's mooring", "the ship sways on the boat's mooring"}
    assert neighbours.changed("let it be", random.Random(1)) == "let it be"


def test_usages_are_short_examples_and_the_meanings_of_verbs(tmp_path):
    head = "  1 This software and database\n00001740 29 v 01 breathe 0 001 @ 1 v 0000 | "
    (tmp_path / "data.verb").write_text(head + 'draw air (into) the lungs; take it in; "I can breathe; better"; "' + 'Very ' * 20 + 'long"  \n')
    (tmp_path / "data.adj").write_text('1 00 a 01 oblique 0 | slanting or inclined; "the oblique rays of the winter sun"; "caf\u00e9 oblique"\n')
    for kind in ("adv", "noun"):
        (tmp_path / f"data.{kind}").write_text("")
    assert usages(tmp_path) == ["draw air the lungs", "i can breathe; better", "the oblique rays of the winter sun"]


def test_a_place_is_said_where_it_belongs():
    rng, grammar = random.Random(4), Grammar("train")
    texts = {grammar.caption("snow", rng, None, 0.5, None, "the old mill").lower() for _ in range(400)}
    assert sum("the old mill" in text for text in texts) > 0.6 * len(texts)
    assert any("mill" in text and "burn" in text for text in {grammar.caption("fire", rng, None, 0.5, None, "the old mill") for _ in range(60)})


def test_speed_follows_strength():
    rng, grammar = random.Random(5), Grammar("train")
    assert {grammar.caption("jump", rng, "cat", 0.9).speed for _ in range(200)} == {0.0, 1.0}
    assert {grammar.caption("jump", rng, "cat", 0.1).speed for _ in range(200)} == {0.0, -1.0}


def test_combined_captions_keep_their_spans():
    rng = random.Random(6)
    caption = Grammar("train").combined(["jump", "zoom_in"], rng, ["cat", None], 0.5)
    assert "cat" in caption.lower() and len(caption.motion_words) >= 2


def test_captions_survive_pickling():
    import pickle
    caption = Grammar("train").caption("jump", random.Random(1), "cat")
    again = pickle.loads(pickle.dumps(caption))
    assert again == caption and again.motion_words == caption.motion_words


def test_written_prompts_are_of_known_families_and_none_is_trained_on():
    entries = json.loads(PROMPTS.read_text(encoding="utf-8"))
    samples = prompt_samples()
    assert len(entries) == len(samples) >= 150
    assert {FAMILIES[i] for sample in samples for i in sample.families} == set(FAMILIES)


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer(["the minion is jumping over the lake"], [], 600, 32)


def test_spans_reach_their_tokens(tokenizer):
    caption = Caption.parse("the <minion> [is jumping]")
    motion, place = token_spans(caption, tokenizer)
    ids = tokenizer.encode(caption)
    sizes = [len(tokenizer.encode(word)[1:tokenizer.encode(word).index(tokenizer.eos)]) for word in caption.split()]
    assert place.nonzero()[0].tolist() == list(range(1 + sizes[0], 1 + sizes[0] + sizes[1]))
    assert motion.nonzero()[0].tolist() == list(range(1 + sizes[0] + sizes[1], 1 + sum(sizes)))
    assert not motion[ids.index(tokenizer.eos):].any()


def test_weight_loss_wants_motion_above_things(tokenizer):
    batch = Batch.of([Sample(Caption.parse("the <minion> [is jumping]"), [0])], tokenizer)
    good = torch.where(batch.motion > 0, 0.85, torch.where(batch.place > 0, 0.45, 0.6))
    bad = torch.where(batch.motion > 0, 0.45, torch.where(batch.place > 0, 0.85, 0.6))
    assert weight_loss(good, batch) < 0.05 < weight_loss(bad, batch)


def test_a_former_model_is_missed_only_where_the_words_changed():
    model, other = (random_model(configuration(False), seed) for seed in (1, 2))
    ids, progress = torch.randint(1, 60, (3, model.config.tokenizer.max_length)), torch.rand(3, 1)
    with torch.no_grad():
        same, changed = (m.encode_text(ids, progress)[:2] for m in (model, other))
    assert kept_loss(model, ids, progress, *same) < 1e-6 and kept_loss(model, ids, progress, *changed) > 0.5


def test_source_draws_families_nouns_and_pairs():
    source = CaptionSource(["red apple"], 1)
    samples = [source.draw() for _ in range(300)]
    assert {len(sample.families) for sample in samples} == {1, 2} and len({i for sample in samples for i in sample.families}) > 40
    assert np.isclose(Batch.of(samples[:20], train_tokenizer([], [], 514, 32)).families.sum(1), 1).all()
