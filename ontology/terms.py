"""The terms of the vocabulary as attributes, checked when used. Knows names only; questeur.ttl says what they mean.

``QST.Question`` is the term's IRI; a name that is not here raises AttributeError.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib.namespace import DefinedNamespace, Namespace

from ontology.iris import NS

if TYPE_CHECKING:
    from rdflib import URIRef


class QST(DefinedNamespace):
    """``https://w3id.org/questeur/ns#``, in the order of questeur.ttl."""

    _fail = True
    _NS = Namespace(NS)

    # About the vocabulary
    layer: URIRef

    # Questions, answers, issues
    Question: URIRef
    WrittenQuestion: URIRef
    GovernmentQuestion: URIRef
    OralQuestion: URIRef
    Answer: URIRef
    JointAnswer: URIRef
    JournalIssue: URIRef
    Topic: URIRef

    # Life of a question
    QuestionEvent: URIRef
    Tabled: URIRef
    Reattributed: URIRef
    Transferred: URIRef
    Inherited: URIRef
    Renewed: URIRef
    Flagged: URIRef
    Closed: URIRef
    Answered: URIRef
    Withdrawn: URIRef
    Lapsed: URIRef
    Corrected: URIRef
    Attribution: URIRef

    # People, bodies, places
    Deputy: URIRef
    Mandate: URIRef
    GroupMembership: URIRef
    PartyMembership: URIRef
    MinisterialTenure: URIRef
    Legislature: URIRef
    Group: URIRef
    Party: URIRef
    Government: URIRef
    Ministry: URIRef
    Portfolio: URIRef
    Stub: URIRef
    Constituency: URIRef
    Departement: URIRef

    # Networks
    Network: URIRef
    NetworkEdge: URIRef
    Measurement: URIRef
    Measure: URIRef
    Community: URIRef

    # Where the data comes from
    Source: URIRef
    Snapshot: URIRef
    Build: URIRef
    Generation: URIRef

    # Properties of questions and answers
    number: URIRef
    inLegislature: URIRef
    author: URIRef
    underMandate: URIRef
    groupAsPublished: URIRef
    groupAtTabling: URIRef
    constituencyAtTabling: URIRef
    addressedTo: URIRef
    attributedTo: URIRef
    attribution: URIRef
    event: URIRef
    hasAnswer: URIRef
    tabledOn: URIRef
    answeredOn: URIRef
    closedOn: URIRef
    dueOn: URIRef
    delayDays: URIRef
    status: URIRef
    transferCount: URIRef
    recalls: URIRef
    topic: URIRef
    heading: URIRef
    analysis: URIRef
    questionText: URIRef
    answerText: URIRef
    answeringMinistry: URIRef

    # Properties of events and attributions
    on: URIRef
    position: URIRef
    dayAsText: URIRef
    filedOn: URIRef
    inIssue: URIRef
    page: URIRef
    pageKind: URIRef
    fromMinistry: URIRef
    toMinistry: URIRef
    crossesPortfolio: URIRef
    corrects: URIRef
    reason: URIRef
    sourceCode: URIRef
    ministry: URIRef

    # Time, bodies, places
    validFrom: URIRef
    validUntil: URIRef
    endReason: URIRef
    replaces: URIRef
    constituency: URIRef
    quality: URIRef
    inGovernment: URIRef
    ofPortfolio: URIRef
    mainPortfolio: URIRef
    attachedTo: URIRef
    stance: URIRef
    colour: URIRef
    inDepartement: URIRef
    delimitation: URIRef
    stubReason: URIRef

    # Properties of networks
    kind: URIRef
    parameters: URIRef
    questionClass: URIRef
    countsBy: URIRef
    tabledFrom: URIRef
    tabledBefore: URIRef
    isDefault: URIRef
    questionCount: URIRef
    nullModel: URIRef
    unit: URIRef
    tests: URIRef
    alpha: URIRef
    correction: URIRef
    seed: URIRef
    trials: URIRef
    methodVersion: URIRef
    modularity: URIRef
    modularityZScore: URIRef
    stability: URIRef
    inNetwork: URIRef
    fromNode: URIRef
    toNode: URIRef
    weight: URIRef
    units: URIRef
    expected: URIRef
    lift: URIRef
    zScore: URIRef
    pValue: URIRef
    qValue: URIRef
    side: URIRef
    significant: URIRef
    firstAsked: URIRef
    lastAsked: URIRef
    node: URIRef
    measure: URIRef
    value: URIRef
    rank: URIRef
    member: URIRef
    size: URIRef

    # Properties of snapshots and builds
    ofSource: URIRef
    sha256: URIRef
    recordsRead: URIRef
    recordsLoaded: URIRef
    recordsRejected: URIRef
    recordsSkipped: URIRef
    recordsSuperseded: URIRef
    recordsDuplicate: URIRef
    answerKeyVersion: URIRef

    # Code lists
    statuses: URIRef
    statusOpen: URIRef
    statusAnswered: URIRef
    statusWithdrawn: URIRef
    statusLapsed: URIRef
    statusClosed: URIRef
    pageKinds: URIRef
    pageOfText: URIRef
    pageOfSection: URIRef
    measures: URIRef
    degree: URIRef
    strength: URIRef
    breadth: URIRef
    d: URIRef
    betweenness: URIRef
    closeness: URIRef
    eigenvector: URIRef
    pagerank: URIRef
    birank: URIRef
    core: URIRef
