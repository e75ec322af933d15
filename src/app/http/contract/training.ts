/** Training: collections of moments, sessions with attendees (R4, R38; AC21). */
import Type, { type Static } from 'typebox'
import { closed, counted, instant, line, literals, noContent, refusals, uuid } from './shapes.ts'

const name = line(200, 'Its name')
const aim = Type.String({ maxLength: 4000, description: 'What is to be learned; of no call, so that it stays' })
const words = {
  fromMs: counted(0, 'Where the moment begins in the recording'),
  toMs: counted(1, 'Where it ends'),
  title: line(200, 'What it is called; gone with the recording'),
  lesson: Type.String({ maxLength: 2000, description: 'What is to be learned from it; gone with the recording' }),
}
const collection = {
  id: uuid('The collection'),
  name: Type.String(),
  aim: Type.String(),
  begunAt: instant('Begun'),
  endedAt: Type.Optional(instant('Ended: nothing is added to it or played from it')),
}

export const ListedCollection = Type.Object({
  ...collection,
  moments: Type.Integer({ description: 'The empty ones with them' }),
  empty: Type.Integer({ description: 'Whose recordings are gone' }),
  nextEndsAt: Type.Optional(instant('The first of its moments becomes empty')),
})
export type ListedCollection = Static<typeof ListedCollection>

export const CollectedMoment = Type.Union([
  Type.Object({
    id: uuid('The moment'),
    state: Type.Literal('THERE'),
    recordingId: uuid('Its recording'),
    contactId: uuid('Its call'),
    segmentId: uuid('The part of it'),
    number: Type.String({ description: 'The service number' }),
    startedAt: instant('The recording began'),
    durationMs: Type.Integer(),
    destroyAt: instant('The recording is destroyed, and the moment empty'),
    standsStill: Type.Optional(
      literals(
        ['recording.destroyed', 'recording.restricted', 'recording.not-yet-kept'],
        'Why it cannot be played now',
      ),
    ),
    ...words,
  }),
  Type.Object({
    id: uuid('The moment'),
    state: Type.Literal('EMPTY'),
    emptiedAt: instant('Since when'),
    emptyWhy: literals(['term', 'forbidden'], 'Its recording’s term was over, or its use was forbidden'),
  }),
  Type.Object({ id: uuid('The moment'), state: Type.Literal('OUT_OF_REACH') }),
])
export type CollectedMoment = Static<typeof CollectedMoment>

export const Collection = Type.Object({
  ...collection,
  revision: counted(0, 'As it was when it was read'),
  moments: Type.Array(CollectedMoment, { description: 'In their order' }),
})
export type Collection = Static<typeof Collection>

const session = {
  id: uuid('The session'),
  reference: Type.String({ description: 'Listenings in it are logged under this' }),
  name: Type.String(),
  collectionId: uuid('What is played'),
  collectionName: Type.String(),
  begunAt: instant('Begun'),
  endedAt: Type.Optional(instant('Ended')),
}

export const ListedTraining = Type.Object({
  ...session,
  isMine: Type.Boolean({ description: 'The viewer leads it' }),
  attendees: Type.Integer(),
})
export type ListedTraining = Static<typeof ListedTraining>

export const Training = Type.Object({
  ...session,
  attendees: Type.Array(
    Type.Object({ id: uuid('In the directory'), name: Type.String(), enteredAt: instant('On the list since') }),
  ),
  played: Type.Array(uuid('A recording that something was heard of')),
})
export type Training = Static<typeof Training>

const OwnTraining = Type.Object(
  {
    reference: session.reference,
    name: session.name,
    collectionName: session.collectionName,
    aim: Type.String({ description: 'What was to be learned' }),
    begunAt: session.begunAt,
    endedAt: session.endedAt,
    enteredAt: instant('On the list since'),
    keptUntil: Type.Optional(instant('The list is kept until then')),
  },
  { description: 'A session that the viewer attended; nobody else of its list' },
)

const trainee = Type.Object({ id: Type.String({ format: 'uuid' }), person: uuid('In the directory') })

export const trainingOperations = {
  listCollections: {
    route: 'GET /api/training/collections',
    summary: 'Collections of moments, and when they lose the next',
    response: { 200: Type.Object({ items: Type.Array(ListedCollection) }), ...refusals },
  },
  beginCollection: {
    route: 'POST /api/training/collections',
    summary: 'Begin a collection',
    body: Type.Object({ name, aim }, closed),
    response: { 201: Type.Object({ id: uuid('The collection') }), 409: refusals[400], ...refusals },
  },
  readCollection: {
    route: 'GET /api/training/collections/:id',
    summary: 'A collection and its moments',
    response: { 200: Collection, ...refusals },
  },
  saveCollection: {
    route: 'PUT /api/training/collections/:id',
    summary: 'Change the name and the aim of a collection',
    body: Type.Object({ revision: counted(0, 'As it was read'), name, aim }, closed),
    response: noContent,
  },
  endCollection: {
    route: 'DELETE /api/training/collections/:id',
    summary: 'End a collection: its moments are no more, the sessions it was played in stay on record',
    response: noContent,
  },
  addMoment: {
    route: 'POST /api/training/collections/:id/moments',
    summary: 'Put a moment of a recording at the end of a collection: a reference, never a copy',
    body: Type.Object({ recordingId: uuid('The recording'), ...words }, closed),
    response: { 201: Type.Object({ id: uuid('The moment') }), 409: refusals[400], ...refusals },
  },
  orderMoments: {
    route: 'PUT /api/training/collections/:id/order',
    summary: 'Put the moments of a collection into an order, each named once',
    body: Type.Object({ moments: Type.Array(uuid('A moment'), { maxItems: 200 }) }, closed),
    response: noContent,
  },
  saveMoment: {
    route: 'PUT /api/training/moments/:id',
    summary: 'Change where a moment begins and ends, and what is said of it',
    body: Type.Object(words, closed),
    response: noContent,
  },
  removeMoment: {
    route: 'DELETE /api/training/moments/:id',
    summary: 'Take a moment out of its collection',
    response: noContent,
  },
  findTrainees: {
    route: 'GET /api/training/people',
    summary: 'People of the directory who may be entered on a list',
    querystring: Type.Object({ name: line(100, 'A part of the name, two letters at least') }, closed),
    response: {
      200: Type.Object({
        items: Type.Array(
          Type.Object({
            id: uuid('In the directory'),
            userId: Type.String(),
            name: Type.String(),
            unitName: Type.Optional(Type.String()),
          }),
          { description: 'At most twenty' },
        ),
      }),
      ...refusals,
    },
  },
  listTrainings: {
    route: 'GET /api/training/sessions',
    summary: 'Training sessions, those that go on first',
    response: { 200: Type.Object({ items: Type.Array(ListedTraining) }), ...refusals },
  },
  listOwnTrainings: {
    route: 'GET /api/my-calls/trainings',
    summary: 'The training sessions that one attended, and how long that is kept (R48)',
    response: { 200: Type.Object({ items: Type.Array(OwnTraining) }), ...refusals },
  },
  beginTraining: {
    route: 'POST /api/training/sessions',
    summary: 'Begin a training session of one’s own, one at a time',
    body: Type.Object({ collectionId: uuid('What is played'), name }, closed),
    response: { 201: Type.Object({ id: uuid('The session') }), 409: refusals[400], ...refusals },
  },
  readTraining: {
    route: 'GET /api/training/sessions/:id',
    summary: 'A session of one’s own, with its list',
    response: { 200: Training, ...refusals },
  },
  enterTrainee: {
    route: 'PUT /api/training/sessions/:id/attendees/:person',
    summary: 'Enter a person on the list of a session',
    params: trainee,
    response: noContent,
  },
  removeTrainee: {
    route: 'DELETE /api/training/sessions/:id/attendees/:person',
    summary: 'Take a person off the list who was entered by mistake and has heard nothing',
    params: trainee,
    response: noContent,
  },
  endTraining: {
    route: 'POST /api/training/sessions/:id/end',
    summary: 'End a session, and what is being heard in it',
    response: noContent,
  },
} as const
