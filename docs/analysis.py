# ---
# A full analysis from Python. In the percent format: open it as a notebook, or run it from its top.
#     python docs/analysis.py DATA [synthetic]
# ---

# %% [markdown]
# # Who asks, who answers, and how long it takes
#
# Everything here comes from `questeur.open`, and every figure names its n. Run on the bundled records it shows the
# program at work: five authors are no picture of the Assembly. Run on a **synthetic** legislature it shows what the
# analyses look like at scale: its figures say nothing about anybody.

# %%
import sys

import questeur

DATA = sys.argv[1]
SYNTHETIC = "synthetic" in sys.argv[2:]
graph = questeur.open(DATA)
print(
    "SYNTHETIC records" if SYNTHETIC else "real records",
    "·",
    len(graph.columns),
    "questions ·",
    graph.columns.generation,
)

# %% [markdown]
# ## Who asks whom?
#
# Every edge stands beside what the volumes of both ends alone would give; q is corrected for the number of pairs.

# %%
asked = graph.network("deputy-ministry", type="all")
backbone = asked.backbone(alpha=0.01)
print(f"{len(asked.nodes)} nodes, {len(asked.edges)} edges, {asked.meta['n_questions']} questions")
print(f"more than chance at q ≤ 0.01: {backbone.number_of_edges()} edges")
communities = asked.communities(trials=20)
print(f"{len(communities.members)} communities, Q = {communities.quality:.3f}, z = {communities.null.z:.1f}")
print("stable over seeds:", communities.stable)

# %% [markdown]
# ## How long does an answer take?
#
# Kaplan–Meier: questions that still wait are counted. A mean of the published answers would be too short.

# %%
delays = graph.delays(by="portfolio")
every = delays["all"]
print(f"median {every['median_days']} days [{every['median_low']} – {every['median_high']}], n = {every['n']}")
print(f"answered within two months: {every['in_time']:.0%} of {every['in_time_n']} whose term has run out")
for one in delays["groups"][:5]:
    flag = " (few answers)" if one["small"] else ""
    print(f"  {one['label']}: median {one['median_days']}, n = {one['n']}, q = {one['q']}{flag}")
print("log-rank between portfolios:", delays["meta"]["test"])

# %% [markdown]
# The answered-only mean, for contrast: the same graph, by SPARQL.

# %%
MEAN = """PREFIX qst: <https://w3id.org/questeur/ns#>
SELECT (AVG(?days) AS ?mean) (COUNT(?days) AS ?n) WHERE { ?question a qst:WrittenQuestion ; qst:delayDays ?days }"""
[(mean, answered)] = graph.rows(MEAN)
print(f"mean of the {answered} answered questions alone: {float(str(mean)):.0f} days")

# %% [markdown]
# ## What was overdue on a day?

# %%
overdue = graph.overdue(on="2019-01-01")
print(len(overdue), "questions overdue on 2019-01-01; the longest:")
for wait in overdue[:3]:
    print(f"  {wait.key}: due {wait.due}, {wait.days_overdue} days ago, with {wait.group_label}")

# %% [markdown]
# ## Who passes questions on to whom?
#
# Real transfers only: what a reshuffle moved is counted apart.

# %%
transfers = graph.transfers(type="all")
meta = transfers.graph
print(meta["n_transfers"], "transfers;", meta["excluded"]["inherited"], "changes were reshuffles")
edges = sorted(transfers.edges(data=True), key=lambda edge: edge[2]["q"])
for origin, target, data in edges[:5]:
    names = transfers.nodes[origin]["label"], transfers.nodes[target]["label"]
    print(f"  {names[0]} → {names[1]}: {data['weight']}, expected {data['expected']}, q = {data['q']}")

# %% [markdown]
# ## Who repeats whom?

# %%
reuse = graph.text_reuse(type="all", until="2018-07-01")
print(f"{reuse['meta']['n_reused']} of {reuse['meta']['n_questions']} questions repeat another, or are repeated")
print("share of pairs within one group, beside chance:", reuse["meta"]["within_groups"])
deputies = graph.reuse_network(reuse, kind="deputy")
print(deputies.number_of_nodes(), "deputies,", deputies.number_of_edges(), "links from who was first to who followed")

# %%
graph.close()
