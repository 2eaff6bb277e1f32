"""Write the README's moving picture, EM on Old Faithful: `python -m publish.picture`."""

from pathlib import Path

from emlib import GaussianMixture, animation, datasets, fit, plots

plots.use_course_style()
minutes = datasets.old_faithful()
x = (minutes - minutes.mean(axis=0)) / minutes.std(axis=0)
unit = [[1, 0], [0, 1]]
run = fit(GaussianMixture([0.5, 0.5], [[-1.5, 1.5], [1.5, -1.5]], [unit, unit]), x)
names = ("eruption (standardised)", "waiting (standardised)")
iterations = [0, 1, 2, 4, 10, 20, *range(28, 48)]
print(
    animation.save(run, x, Path(__file__).with_name("old_faithful.gif"), iterations, labels=names)
)
