"""ASReview's default learner on the same topics: run by ``bench.ranking`` with a Python that has asreview 3.

Reads topics as JSON from standard input (titles, abstracts, relevant, first) and prints the share of relevant records
shown after 20, 40, 60, 80 and 100 votes, a row a topic. It learns from the votes, as ASReview does.
"""

import json
import sys

import numpy as np
import pandas as pd
from asreview import ActiveLearningCycle
from asreview.models.models import get_ai_config


def replay(topic, step):
    relevant = np.array(topic["relevant"])
    cycle = ActiveLearningCycle.from_meta(get_ai_config("elas_u4")["value"])
    features = cycle.transform(pd.DataFrame({"title": topic["titles"], "abstract": topic["abstracts"]}))
    shown = list(topic["first"])
    shares = [relevant[shown].sum() / relevant.sum()]
    while len(shares) < 5:
        pool = np.setdiff1d(np.arange(len(relevant)), shown)
        if len(pool) and len(set(relevant[shown])) == 2:
            cycle.fit(features[shown], relevant[shown])
            pool = pool[cycle.rank(features[pool])]
        shown += pool[:step].tolist()
        if not len(pool) or len(shown) % 20 == 0:
            shares.append(relevant[shown].sum() / relevant.sum())
    return shares


if __name__ == "__main__":
    topics = json.load(sys.stdin)
    json.dump(
        {
            "ASReview ELAS u4": [replay(topic, 1) for topic in topics],
            "ASReview ELAS u4, 20 at a time": [replay(topic, 20) for topic in topics],
        },
        sys.stdout,
    )
