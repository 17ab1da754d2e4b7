"""What a soak was and what came of it: figures, and the story where something went wrong."""

from tests.bench.figures import figure
from tests.bench.soak import held
from tests.bench.soak.soaking import Soak


def told(soak: Soak) -> str:
    """What went wrong, and the story that led there."""
    wish = soak.wish
    way = f"MINUTES={wish.seconds / 60:g} DEVICES={wish.devices} DATABASE={wish.database} SEED={wish.seed}"
    story = "\n".join(soak.evil.story)
    return f"the story of make soak {way}:\n{story}\n{soak.wrong.told()}"


def print_figures(soak: Soak) -> None:
    """What it was, and what came of it."""
    wish, said = soak.wish, sum(len(one.said) for one in soak.devices)
    what = {"database": wish.database, "seed": wish.seed, "devices": len(soak.devices), "boards": len(soak.witnesses)}
    faults = soak.evil.happened
    figure("soak_minutes", wish.seconds / 60, "min", 1, **what)
    figure("soak_faults", faults.total(), "faults", len(faults), kinds=dict(sorted(faults.items())))
    figure("soak_lives", len(soak.house.lives), "lives", len({one.name for one in soak.house.lives}))
    figure("soak_events", said, "events", said, connections=sum(one.connections for one in soak.devices))
    seen = sum(one.seen for one in soak.witnesses.values())
    figure("soak_seen_at_boards", seen, "events", len(soak.witnesses))
    answered = sum(len(one.called) + len(one.ended) for one in soak.clerks)
    figure("soak_answered", answered, "acts", sum(one.asked for one in soak.clerks), replayed=replays(soak))
    for name, sentences in vars(soak.wrong).items():
        figure(f"soak_{name}", len(sentences), "sentences", said)
    figure("soak_drained_s", soak.drained_s, "s", 1)
    for kind, life in held.longest(soak.house.lives).items():
        rss = [mb for _, mb in life.rss_mb] or [0.0]
        more = {"rss_mb": round(rss[-1], 1), "files": life.files[-1][1] if life.files else 0}
        lasted = {"lived_s": round(held.lasted_s(life)), "files_growth": held.grew(life.files)}
        figure("soak_rss_growth_mb", held.grew(life.rss_mb), "MB", len(rss), process=kind, **more, **lasted)


def replays(soak: Soak) -> int:
    """How often a program was answered as before."""
    return sum(one.replayed for one in soak.clerks)
