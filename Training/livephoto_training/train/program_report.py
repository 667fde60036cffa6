"""What a program says to unseen wordings: error of the form, and whether it is the right motion, family by family."""

from __future__ import annotations

import torch
from torch import Tensor

from ..model.motion_program import EFFECTS, GROUPS, WAVES, Program, group_sizes, slices
from ..simulator import families
from ..simulator.program import Motion, targets
from .objective import program_losses

_EFFECTS = slice(2 * len(WAVES), 2 * len(WAVES) + len(EFFECTS))


def family_targets() -> tuple[list[str], dict[str, Tensor]]:
    """All families and their programs at middle strength. The form depends on it for clouds alone, and hardly there."""
    names, motions = list(families.FAMILIES), []
    for name in names:
        motion = Motion()
        families.FAMILIES[name](motion, 0.5)
        motions.append(motion)
    return names, targets(motions)


def read_families(program: Program) -> list[str]:
    """For each program the family that it is nearest to, as it is rendered: form settled, effects as amounts."""
    names, wanted = family_targets()
    settled, amounts, distances = program.settled(), program.effects, []
    for index in range(len(names)):
        one = {name: values[index:index + 1].expand(len(amounts), *values.shape[1:]) for name, values in wanted.items()}
        form = program_losses(settled, one, torch.zeros(len(amounts)))["form"]
        distances.append(form + 2 * (amounts - one["effects"]).abs().sum(1))
    return [names[index] for index in torch.stack(distances).argmin(0).tolist()]


def leading_groups(shape: Tensor, waves: Tensor, sweep: Tensor, effects: Tensor) -> Tensor:
    """Index of the group that does most [B]: those of ``GROUPS``, then new content (before the light that goes with it), then nothing."""
    sizes = torch.cat([group_sizes(shape, waves, sweep), 1.5 * effects.amax(1, keepdim=True)], 1)
    return torch.where(sizes.amax(1) > 0.3, sizes.argmax(1), torch.tensor(len(GROUPS) + 1))


def points_right(program: Program, rows: dict[str, Tensor]) -> Tensor:
    """Whether the leading group is the right one and does rather what it is asked than the opposite [B]."""
    settled = program.settled()
    told = leading_groups(settled.shape, settled.wave_forms, settled.sweep_form, program.effects)
    want = leading_groups(rows["shape"], rows["waves"], rows["sweep"], rows["effects"])
    agreement = torch.stack([(settled.shape[:, part] * rows["shape"][:, part]).sum((1, 2)) for part in slices().values()], 1)
    agreement[:, 2] += (settled.wave_forms * rows["waves"]).sum((1, 2))
    agreement[:, 3] += settled.sweep_form * rows["sweep"]
    everything = torch.cat([agreement, (program.effects * rows["effects"]).sum(1, keepdim=True), torch.ones(len(told), 1)], 1)
    return (told == want) & (everything.gather(1, want[:, None])[:, 0] > 0)


def report(what: str, program: Program, rows: dict[str, Tensor], names: list[str]) -> None:
    """Print the errors and the shares of right programs; of captions that say two motions the errors alone."""
    parts = program_losses(program, rows, rows["speed"])
    settled = group_sizes(program.settled().shape, program.settled().wave_forms, program.settled().sweep_form)
    single = torch.tensor(["+" not in name for name in names])
    same = torch.tensor([told == name for told, name in zip(read_families(program), names)])
    right = points_right(program, rows)
    two = ((settled > 0.3).sum(1) > rows["active"][:, :4].sum(1)) & single
    print(f"{what}: form {float(parts['form'].mean()):.3f}, effects {float(parts['effects'].mean()):.3f}, sizes {float(parts['sizes'].mean()):.3f}; "
          f"right family {float(same[single].float().mean()):.3f}, group and direction {float(right[single].float().mean()):.3f}, "
          f"a group too many {float(two[single].float().mean()):.3f}")
    for family in sorted(set(names)):
        if "+" in family:
            continue
        chosen = torch.tensor([name == family for name in names])
        print(f"  {family:24} form {float(parts['form'][chosen].mean()):.2f} effects {float(parts['effects'][chosen].mean()):.2f} "
              f"family {float(same[chosen].float().mean()):.2f} direction {float(right[chosen].float().mean()):.2f}")
