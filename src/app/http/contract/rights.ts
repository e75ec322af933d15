/**
 * The access-authorisation procedure: requests, decisions, reviews, and everybody's rights (R36-R41).
 * A right is requested (requestRights), decided by another person (decideRightRequest), and reviewed each quarter
 * (reviewRight). It ends on its last day or is revoked (revokeRight). A request cannot be changed, so its id identifies what
 * the decider has read.
 */
import Type, { type Static } from 'typebox'
import { duties, scopes } from '#description/roles.ts'
import { closed, instant, literals, Purpose, refusals, Role, uuid } from './shapes.ts'

const Duty = literals([...duties], 'An expert’s recorded duty, which bounds the purposes (R38)')
const Named = Type.Object({ id: Type.String({ format: 'uuid' }), name: Type.String() })
const day = (description: string) =>
  Type.String({ format: 'date', description: `${description}; a day in Europe/Helsinki` })
const note = Type.Optional(Type.String({ maxLength: 2000 }))

const RightScope = Type.Object({
  kind: literals([...scopes], 'How far it reaches'),
  units: Type.Array(
    Type.Object({
      id: Type.String({ format: 'uuid' }),
      name: Type.String(),
      officials: Type.Integer({ description: 'Officials in the unit now' }),
    }),
    { description: 'With the kind unit' },
  ),
  numbers: Type.Array(
    Type.Object({
      number: Type.String({ description: 'E.164' }),
      display: Type.String({ description: 'Written the Finnish way' }),
      name: Type.Optional(Type.Object({ fi: Type.String(), sv: Type.String(), en: Type.String() })),
    }),
    { description: 'With the kind numbers' },
  ),
})

export const RightRequest = Type.Object({
  id: Type.String({ format: 'uuid' }),
  batch: uuid('The same for everything that was asked for in one go'),
  person: Named,
  role: Role,
  duty: Type.Optional(Duty),
  purposes: Type.Array(Purpose),
  scope: RightScope,
  reason: Type.String(),
  from: Type.Optional(instant('The right begins then; absent: when it is approved')),
  until: instant('The right ends then'),
  requestedBy: Named,
  requestedAt: instant('Asked for at'),
  state: literals(['REQUESTED', 'APPROVED', 'REJECTED', 'WITHDRAWN'], 'Where it is in the procedure'),
  decidedBy: Type.Optional(Named),
  decidedAt: Type.Optional(instant('Decided, or withdrawn, at')),
  note: Type.Optional(Type.String({ description: 'What whoever decided wrote' })),
  mayDecide: Type.Boolean({ description: 'The viewer may approve or reject it' }),
  mayWithdraw: Type.Boolean({ description: 'The viewer may take it back' }),
})
export type RightRequest = Static<typeof RightRequest>

const Doubt = literals(
  ['no-officials', 'duty-unknown', 'answers-calls', 'place-changed', 'narrowed'],
  'no-officials: a supervisor without officials in a unit of the right (R37); duty-unknown: an expert’s duty that the ' +
    'description does not know; answers-calls: an expert who has a number to answer at; place-changed: another unit or ' +
    'supervisor since the right was last confirmed; narrowed: wider than the description in force lets the role be',
)

export const HeldRight = Type.Object({
  id: Type.String({ format: 'uuid' }),
  person: Named,
  role: Role,
  duty: Type.Optional(Duty),
  purposes: Type.Array(Purpose, { description: 'As they were granted' }),
  reaches: Type.Array(
    Type.Object({
      purpose: Purpose,
      referenceNeeded: Type.Boolean({ description: 'A fault, case or request (R40, R46)' }),
    }),
    { description: 'As the description in force narrows them now; none for a right that is over' },
  ),
  scope: RightScope,
  from: instant('In force from'),
  until: Type.Optional(instant('In force until before; absent for a right of before the procedure')),
  state: literals(['active', 'upcoming', 'expired', 'revoked'], 'Whether it holds now'),
  origin: literals(['procedure', 'installation'], 'Who gave it: the procedure, or the installation to whom begins'),
  grantedAt: instant('Granted at'),
  requestedBy: Type.Optional(Named),
  requestedAt: Type.Optional(instant('Asked for at')),
  reason: Type.Optional(Type.String()),
  approvedBy: Type.Optional(Named),
  note: Type.Optional(Type.String({ description: 'What the approver wrote' })),
  revoked: Type.Optional(
    Type.Object({
      at: instant('It ended then, at once'),
      by: Type.Optional(Named),
      cause: literals(['own', 'supervisor', 'approver', 'review', 'employment'], 'In which part somebody ended it'),
      reason: Type.Optional(Type.String()),
    }),
  ),
  reviews: Type.Array(
    Type.Object({
      by: Named,
      at: instant('Reviewed at'),
      kept: Type.Boolean(),
      note: Type.Optional(Type.String()),
      doubts: Type.Array(Doubt, { description: 'What spoke against it then' }),
    }),
    { description: 'Oldest first' },
  ),
  doubts: Type.Array(Doubt, { description: 'What speaks against it now' }),
  confirmedAt: instant('When it was last said to be needed: granted, or kept by a review'),
  review: literals(
    ['done', 'due', 'overdue'],
    'due: not looked at since this quarter began; overdue: not since the one before began (L20), or not since a supervisor or an ' +
      'expert has another place, or a supervisor no officials (R37, R38)',
  ),
  mayRevoke: Type.Boolean(),
  mayReview: Type.Boolean(),
})
export type HeldRight = Static<typeof HeldRight>

export const PersonsRights = Type.Object({
  person: Type.Intersect([
    Named,
    Type.Object({
      userId: Type.String(),
      unit: Type.Optional(Type.String()),
      employedTo: Type.Optional(instant('The employment ended, or will')),
    }),
  ]),
  rights: Type.Array(HeldRight, { description: 'Those in force, those to come, then the past, the latest first' }),
  requests: Type.Array(RightRequest, { description: 'Those that did not become rights, newest first' }),
  mayRequest: Type.Boolean({ description: 'The viewer may ask for a right for this person' }),
})
export type PersonsRights = Static<typeof PersonsRights>

export const RequestForRights = Type.Object(
  {
    people: Type.Array(uuid('Person'), { minItems: 1, maxItems: 100, uniqueItems: true }),
    role: Role,
    duty: Type.Optional(Duty),
    purposes: Type.Array(Purpose, { maxItems: 10, uniqueItems: true }),
    units: Type.Optional(
      Type.Array(uuid('Unit, where the role’s scope is the unit'), { maxItems: 100, uniqueItems: true }),
    ),
    numbers: Type.Optional(
      Type.Array(Type.String({ maxLength: 64, description: 'E.164, where the role’s scope is numbers' }), {
        maxItems: 1000,
        uniqueItems: true,
      }),
    ),
    reason: Type.String({ minLength: 1, maxLength: 2000 }),
    from: Type.Optional(day('First day; absent: from the approval on')),
    until: day('Last day, at most twelve months after the first'),
  },
  closed,
)

/** Refusal of the access-authorisation procedure, with the person, unit or number concerned. */
const RightsRefusal = Type.Object({
  error: Type.Object({
    code: Type.String({ description: 'right.no-officials, right.own, right.decided, …' }),
    message: Type.String({ description: 'What was wrong, where, and what to do; in English' }),
    field: Type.Optional(Type.String({ description: 'The field the message speaks of' })),
    of: Type.Optional(Type.String({ description: 'Whom or what it speaks of: a name, a unit, a number' })),
  }),
})
const procedureRefusals = { ...refusals, 400: RightsRefusal, 403: RightsRefusal, 409: RightsRefusal }

export const rightsOperations = {
  readRightsOffer: {
    route: 'GET /api/rights/offer',
    summary: 'What can be asked for under the description in force, and for whom the viewer may ask',
    querystring: Type.Object(
      {
        q: Type.Optional(Type.String({ maxLength: 100, description: 'Part of a name or user id' })),
        person: Type.Optional(uuid('This one alone')),
      },
      closed,
    ),
    response: {
      200: Type.Object({
        roles: Type.Array(
          Type.Object({
            role: Role,
            duty: Type.Optional(Duty),
            purposes: Type.Array(Purpose),
            scope: literals([...scopes], 'How far a right to it reaches'),
          }),
        ),
        asksFor: literals(['oneself', 'officials', 'everybody'], 'For whom the viewer may ask'),
        people: Type.Array(
          Type.Intersect([
            Named,
            Type.Object({
              userId: Type.String(),
              unit: Type.Optional(Type.String()),
              employedTo: Type.Optional(instant('The employment ends then')),
              supervises: Type.Array(RightScope.properties.units.items, {
                description: 'Units in which the person is a supervisor of officials now, and of how many (R37)',
              }),
            }),
          ]),
          { description: 'The first twenty, by name' },
        ),
      }),
      ...refusals,
    },
  },
  requestRights: {
    route: 'POST /api/rights/requests',
    summary: 'Ask for a right, for several people at once if they are many; all of the requests are made or none',
    body: RequestForRights,
    response: { 201: Type.Object({ items: Type.Array(RightRequest) }), ...procedureRefusals },
  },
  listRightRequests: {
    route: 'GET /api/rights/requests',
    summary: 'Requests that the viewer may read: those that wait, oldest first, then those decided lately',
    querystring: Type.Object({ state: Type.Optional(Type.Enum(['open', 'all'], { default: 'all' })) }, closed),
    response: { 200: Type.Object({ items: Type.Array(RightRequest) }), ...refusals },
  },
  decideRightRequest: {
    route: 'POST /api/rights/requests/:id/decision',
    summary: 'Approve or reject a request that somebody else made for somebody else; a rejection says why',
    body: Type.Object({ approve: Type.Boolean(), note }, closed),
    response: { 200: RightRequest, ...procedureRefusals },
  },
  withdrawRightRequest: {
    route: 'POST /api/rights/requests/:id/withdrawal',
    summary: 'Take back a request that is not decided yet',
    response: { 200: RightRequest, ...procedureRefusals },
  },
  listRightHolders: {
    route: 'GET /api/rights/people',
    summary: 'Who has rights in force or to come, by name',
    querystring: Type.Object(
      {
        q: Type.Optional(Type.String({ maxLength: 100, description: 'Part of a name or user id' })),
        role: Type.Optional(Role),
        cursor: Type.Optional(Type.String({ maxLength: 512 })),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
      },
      closed,
    ),
    response: {
      200: Type.Object({
        items: Type.Array(
          Type.Intersect([
            Named,
            Type.Object({
              userId: Type.String(),
              unit: Type.Optional(Type.String()),
              roles: Type.Array(Type.Object({ role: Role, duty: Type.Optional(Duty) })),
              until: Type.Optional(instant('The first of the rights to end does then')),
            }),
          ]),
        ),
        total: Type.Integer(),
        next: Type.Optional(Type.String()),
      }),
      ...refusals,
    },
  },
  readPersonsRights: {
    route: 'GET /api/rights/people/:id',
    summary: 'What somebody may see, and by which decision',
    response: { 200: PersonsRights, ...refusals },
  },
  listRightsToReview: {
    route: 'GET /api/rights/review',
    summary: 'Rights in force that were not looked at since this quarter began, or since a move; overdue ones first',
    response: {
      200: Type.Object({
        items: Type.Array(HeldRight, { description: 'The first hundred' }),
        left: Type.Integer({ description: 'Rights that are left to look at' }),
        overdue: Type.Integer({
          description: 'Of those, how many were missed in the quarter before, too, or made doubtful by a move',
        }),
        reviewed: Type.Integer({ description: 'Rights in force that were granted or kept in this quarter' }),
        quarterEnds: instant('The quarter ends then'),
      }),
      ...refusals,
    },
  },
  reviewRight: {
    route: 'POST /api/rights/:id/reviews',
    summary: 'Say of a right that it is still needed, or end it; a note where something speaks against it, or it ends',
    body: Type.Object({ keep: Type.Boolean(), note }, closed),
    response: { 200: HeldRight, ...procedureRefusals },
  },
  revokeRight: {
    route: 'POST /api/rights/:id/revocation',
    summary: 'End a right at once; others than its holder say why',
    body: Type.Object({ reason: note }, closed),
    response: { 200: HeldRight, ...procedureRefusals },
  },
} as const
