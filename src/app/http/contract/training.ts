/** Training: collections of moments, sessions with attendees (R4, R38; AC21). */
import Type, { type Static } from 'typebox'
import { counted, instant, line, literals, noContent, uuid, ErrorBody } from './shapes.ts'

const name = line(200, 'Name')
const aim = Type.String({ maxLength: 4000, description: 'Learning aim; not about a call, so it is kept' })
const momentFields = {
  fromMs: counted(0, 'Start of the moment in the recording'),
  toMs: counted(1, 'End of the moment'),
  title: line(200, 'Title; deleted with the recording'),
  lesson: Type.String({ maxLength: 2000, description: 'Lesson; deleted with the recording' }),
}
const collection = {
  id: uuid('The collection'),
  name: Type.String(),
  aim: Type.String(),
  begunAt: instant('Begun'),
  endedAt: Type.Optional(instant('When it was ended; nothing can be added to it or played from it after that')),
}

export const ListedCollection = Type.Object({
  ...collection,
  moments: Type.Integer({ description: 'Number of moments, including empty ones' }),
  empty: Type.Integer({ description: 'Number of moments whose recordings were destroyed' }),
  nextEndsAt: Type.Optional(instant('When its next moment becomes empty')),
})
export type ListedCollection = Static<typeof ListedCollection>

export const CollectedMoment = Type.Union([
  Type.Object({
    id: uuid('The moment'),
    state: Type.Literal('THERE'),
    recordingId: uuid('The recording'),
    contactId: uuid('The call'),
    segmentId: uuid('The segment'),
    number: Type.String({ description: 'The service number' }),
    startedAt: instant('The recording began'),
    durationMs: Type.Integer(),
    destroyAt: instant('When the recording is destroyed and the moment becomes empty'),
    standsStill: Type.Optional(
      literals(
        ['recording.destroyed', 'recording.restricted', 'recording.not-yet-kept'],
        'Error code: why the moment cannot be played now',
      ),
    ),
    ...momentFields,
  }),
  Type.Object({
    id: uuid('The moment'),
    state: Type.Literal('EMPTY'),
    emptiedAt: instant('Since when'),
    emptyWhy: literals(['term', 'forbidden'], 'Why: the recording’s term ended, or use was forbidden'),
  }),
  Type.Object({ id: uuid('The moment'), state: Type.Literal('OUT_OF_REACH') }),
])
export type CollectedMoment = Static<typeof CollectedMoment>

export const Collection = Type.Object({
  ...collection,
  revision: counted(0, 'Revision that was read'),
  moments: Type.Array(CollectedMoment, { description: 'Moments in order' }),
})
export type Collection = Static<typeof Collection>

const session = {
  id: uuid('The session'),
  reference: Type.String({ description: 'Reference of listenings in the session' }),
  name: Type.String(),
  collectionId: uuid('Collection that is played'),
  collectionName: Type.String(),
  begunAt: instant('Begun'),
  endedAt: Type.Optional(instant('Ended')),
}

export const ListedTraining = Type.Object({
  ...session,
  isMine: Type.Boolean({ description: 'True if the viewer leads it' }),
  attendees: Type.Integer(),
})
export type ListedTraining = Static<typeof ListedTraining>

export const Training = Type.Object({
  ...session,
  attendees: Type.Array(
    Type.Object({ id: uuid('In the directory'), name: Type.String(), enteredAt: instant('Added to the list') }),
  ),
  played: Type.Array(uuid('Recordings that were played')),
})
export type Training = Static<typeof Training>

const OwnTraining = Type.Object(
  {
    reference: session.reference,
    name: session.name,
    collectionName: session.collectionName,
    aim: Type.String({ description: 'Learning aim' }),
    begunAt: session.begunAt,
    endedAt: session.endedAt,
    enteredAt: instant('Added to the list'),
    keptUntil: Type.Optional(instant('When the list is deleted')),
  },
  { description: 'A session that the viewer attended, without the other attendees' },
)

const trainee = Type.Object({ id: Type.String({ format: 'uuid' }), person: uuid('In the directory') })

export const trainingOperations = {
  listCollections: {
    route: 'GET /api/training/collections',
    summary: 'List collections of moments, and when the next moment becomes empty',
    response: { 200: Type.Object({ items: Type.Array(ListedCollection) }) },
  },
  beginCollection: {
    route: 'POST /api/training/collections',
    summary: 'Begin a collection',
    body: { name, aim },
    response: { 201: Type.Object({ id: uuid('The collection') }), 409: ErrorBody },
  },
  readCollection: {
    route: 'GET /api/training/collections/:id',
    summary: 'Read a collection and its moments',
    response: { 200: Collection },
  },
  saveCollection: {
    route: 'PUT /api/training/collections/:id',
    summary: 'Change name and aim of a collection',
    body: { revision: counted(0, 'Revision that was read'), name, aim },
    response: noContent,
  },
  endCollection: {
    route: 'DELETE /api/training/collections/:id',
    summary: 'End a collection; deletes its moments, keeps the sessions in which it was played',
    response: noContent,
  },
  addMoment: {
    route: 'POST /api/training/collections/:id/moments',
    summary: 'Add a moment of a recording to the end of a collection, as a reference, not a copy',
    body: {
      recordingId: uuid('The recording'),
      ...momentFields,
      toMs: Type.Optional(counted(1, 'End of the moment; default: the end of the recording')),
    },
    response: { 201: Type.Object({ id: uuid('The moment') }), 409: ErrorBody },
  },
  orderMoments: {
    route: 'PUT /api/training/collections/:id/order',
    summary: 'Set the order of a collection’s moments; each must be named once',
    body: { moments: Type.Array(uuid('A moment'), { maxItems: 200 }) },
    response: noContent,
  },
  saveMoment: {
    route: 'PUT /api/training/moments/:id',
    summary: 'Change start, end and text of a moment',
    body: momentFields,
    response: noContent,
  },
  removeMoment: {
    route: 'DELETE /api/training/moments/:id',
    summary: 'Remove a moment from its collection',
    response: noContent,
  },
  findTrainees: {
    route: 'GET /api/training/people',
    summary: 'Search people who may be added to a list',
    querystring: { name: line(100, 'A part of the name, at least two letters') },
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
    },
  },
  listTrainings: {
    route: 'GET /api/training/sessions',
    summary: 'List training sessions, those in progress first',
    response: { 200: Type.Object({ items: Type.Array(ListedTraining) }) },
  },
  listOwnTrainings: {
    route: 'GET /api/my-calls/trainings',
    summary: 'List the training sessions that one attended, and how long the lists are kept (R48)',
    response: { 200: Type.Object({ items: Type.Array(OwnTraining) }) },
  },
  beginTraining: {
    route: 'POST /api/training/sessions',
    summary: 'Begin a training session; one at a time per person',
    body: { collectionId: uuid('Collection that is played'), name },
    response: { 201: Type.Object({ id: uuid('The session') }), 409: ErrorBody },
  },
  readTraining: {
    route: 'GET /api/training/sessions/:id',
    summary: 'Read a session of one’s own, with its list',
    response: { 200: Training },
  },
  enterTrainee: {
    route: 'PUT /api/training/sessions/:id/attendees/:person',
    summary: 'Add a person to the list of a session',
    params: trainee,
    response: noContent,
  },
  removeTrainee: {
    route: 'DELETE /api/training/sessions/:id/attendees/:person',
    summary: 'Remove a person who was added to the list by mistake and has heard no recording',
    params: trainee,
    response: noContent,
  },
  endTraining: {
    route: 'POST /api/training/sessions/:id/end',
    summary: 'End a session, and any listening in it',
    response: noContent,
  },
} as const
