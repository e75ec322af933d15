/**
 * The access-authorisation procedure: requests, decisions, reviews, and everybody's rights (R36-R41).
 * A right is requested (requestRights), decided by another person (decideRightRequest), and reviewed each quarter
 * (reviewRight). It ends on its last day or is revoked (revokeRight). A request cannot be changed, so its id identifies what
 * the decider has read.
 */
import Type, { type Static } from 'typebox'
import { duties, scopes } from '#description/roles.ts'
import { closed, instant, literals, Purpose, Role, uuid } from './shapes.ts'

const Duty = literals([...duties], 'An expert’s recorded duty, which limits the purposes (R38)')
const Named = Type.Object({ id: Type.String({ format: 'uuid' }), name: Type.String() })
const day = (description: string) =>
  Type.String({ format: 'date', description: `${description}; a day in Europe/Helsinki` })
const note = Type.Optional(Type.String({ maxLength: 2000 }))

const RightScope = Type.Object({
  kind: literals([...scopes], 'Access scope'),
  units: Type.Array(
    Type.Object({
      id: Type.String({ format: 'uuid' }),
      name: Type.String(),
      officials: Type.Integer({ description: 'Present number of officials in the unit' }),
    }),
    { description: 'With kind unit' },
  ),
  numbers: Type.Array(
    Type.Object({
      number: Type.String({ description: 'E.164' }),
      display: Type.String({ description: 'In Finnish notation' }),
      name: Type.Optional(Type.Object({ fi: Type.String(), sv: Type.String(), en: Type.String() })),
    }),
    { description: 'With kind numbers' },
  ),
})

export const RightRequest = Type.Object({
  id: Type.String({ format: 'uuid' }),
  batch: uuid('Id shared by all requests made together'),
  person: Named,
  userId: Type.String({ description: 'The person’s user id, which no other person ever has' }),
  role: Role,
  duty: Type.Optional(Duty),
  purposes: Type.Array(Purpose),
  scope: RightScope,
  reason: Type.String(),
  from: Type.Optional(instant('First instant of the right; absent: from the approval on')),
  until: instant('End of the right'),
  requestedBy: Named,
  requestedAt: instant('Requested'),
  state: literals(['REQUESTED', 'APPROVED', 'REJECTED', 'WITHDRAWN'], 'State in the procedure'),
  decidedBy: Type.Optional(Named),
  decidedAt: Type.Optional(instant('Decided or withdrawn')),
  note: Type.Optional(Type.String({ description: 'Note of the decision' })),
  mayDecide: Type.Boolean({ description: 'True if the viewer may approve or reject it' }),
  mayWithdraw: Type.Boolean({ description: 'True if the viewer may withdraw it' }),
})
export type RightRequest = Static<typeof RightRequest>

const Doubt = literals(
  ['no-officials', 'duty-unknown', 'answers-calls', 'place-changed', 'narrowed'],
  'no-officials: a supervisor without officials in a unit of the right (R37); duty-unknown: an expert’s duty is not in the ' +
    'description; answers-calls: an expert who has a number for answering calls; place-changed: another unit or ' +
    'supervisor since the right was last confirmed; narrowed: wider than the description in force allows',
)

export const HeldRight = Type.Object({
  id: Type.String({ format: 'uuid' }),
  person: Named,
  role: Role,
  duty: Type.Optional(Duty),
  purposes: Type.Array(Purpose, { description: 'Purposes as granted' }),
  reaches: Type.Array(
    Type.Object({
      purpose: Purpose,
      referenceNeeded: Type.Boolean({ description: 'A fault, case or request (R40, R46)' }),
    }),
    { description: 'Purposes now, as limited by the description in force; none for a right that has ended' },
  ),
  scope: RightScope,
  from: instant('In force from'),
  until: Type.Optional(instant('End (exclusive); absent for a right from before the procedure')),
  state: literals(['active', 'upcoming', 'expired', 'revoked'], 'State of the right'),
  origin: literals(['procedure', 'installation'], 'Origin: the procedure, or the installation for the first people'),
  grantedAt: instant('Granted'),
  requestedBy: Type.Optional(Named),
  requestedAt: Type.Optional(instant('Requested')),
  reason: Type.Optional(Type.String()),
  approvedBy: Type.Optional(Named),
  note: Type.Optional(Type.String({ description: 'Note of the approver' })),
  revoked: Type.Optional(
    Type.Object({
      at: instant('When it was ended, with immediate effect'),
      by: Type.Optional(Named),
      cause: literals(
        ['own', 'supervisor', 'approver', 'review', 'employment'],
        'How the right was ended: by its holder, a supervisor or an approver, by a review, or because the employment ended',
      ),
      reason: Type.Optional(Type.String()),
    }),
  ),
  reviews: Type.Array(
    Type.Object({
      by: Named,
      at: instant('Reviewed'),
      kept: Type.Boolean(),
      note: Type.Optional(Type.String()),
      doubts: Type.Array(Doubt, { description: 'Reasons against it at that time' }),
    }),
    { description: 'Oldest first' },
  ),
  doubts: Type.Array(Doubt, { description: 'Reasons against it now' }),
  confirmedAt: instant('When its need was last confirmed: by the grant or a review'),
  review: literals(
    ['done', 'due', 'overdue'],
    'due: not reviewed in this quarter; overdue: not reviewed since the start of the previous quarter (L20), or since a supervisor or an ' +
      'expert got another placement, or a supervisor has no officials (R37, R38)',
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
      employedTo: Type.Optional(instant('End of the employment')),
    }),
  ]),
  rights: Type.Array(HeldRight, { description: 'Rights in force, then future ones, then past ones, latest first' }),
  requests: Type.Array(RightRequest, { description: 'Requests that did not become rights, newest first' }),
  mayRequest: Type.Boolean({ description: 'True if the viewer may request a right for this person' }),
})
export type PersonsRights = Static<typeof PersonsRights>

export const RequestForRights = Type.Object(
  {
    people: Type.Array(uuid('Person'), { minItems: 1, maxItems: 100, uniqueItems: true }),
    role: Role,
    duty: Type.Optional(Duty),
    purposes: Type.Array(Purpose, { maxItems: 10, uniqueItems: true }),
    units: Type.Optional(Type.Array(uuid('Unit, if the role’s scope is a unit'), { maxItems: 100, uniqueItems: true })),
    numbers: Type.Optional(
      Type.Array(Type.String({ maxLength: 64, description: 'Numbers in E.164, if the role’s scope is numbers' }), {
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
    message: Type.String({ description: 'What is wrong, where, and what to do; in English' }),
    field: Type.Optional(Type.String({ description: 'The field with the problem' })),
    of: Type.Optional(Type.String({ description: 'Person, unit or number concerned' })),
  }),
})
const procedureRefusals = { 400: RightsRefusal, 403: RightsRefusal, 409: RightsRefusal }

export const rightsOperations = {
  readRightsOffer: {
    route: 'GET /api/rights/offer',
    summary:
      'Read the roles that can be requested under the description in force, and for whom the viewer may request them',
    querystring: {
      q: Type.Optional(Type.String({ maxLength: 100, description: 'Part of a name or user id' })),
      person: Type.Optional(uuid('Only this person')),
    },
    response: {
      200: Type.Object({
        roles: Type.Array(
          Type.Object({
            role: Role,
            duty: Type.Optional(Duty),
            purposes: Type.Array(Purpose),
            scope: literals([...scopes], 'Access scope of a right to it'),
          }),
        ),
        asksFor: literals(['oneself', 'officials', 'everybody'], 'People for whom the viewer may request it'),
        people: Type.Array(
          Type.Intersect([
            Named,
            Type.Object({
              userId: Type.String(),
              unit: Type.Optional(Type.String()),
              employedTo: Type.Optional(instant('End of the employment')),
              supervises: Type.Array(RightScope.properties.units.items, {
                description: 'Units in which the person supervises officials now, with their number (R37)',
              }),
            }),
          ]),
          { description: 'At most twenty, by name' },
        ),
      }),
    },
  },
  requestRights: {
    route: 'POST /api/rights/requests',
    summary: 'Request a right for one or several people; either all requests are made or none',
    body: RequestForRights,
    response: { 201: Type.Object({ items: Type.Array(RightRequest) }), ...procedureRefusals },
  },
  listRightRequests: {
    route: 'GET /api/rights/requests',
    summary: 'List requests that the viewer may read: pending ones, oldest first, then recently decided ones',
    querystring: { state: Type.Optional(Type.Enum(['open', 'all'], { default: 'all' })) },
    response: { 200: Type.Object({ items: Type.Array(RightRequest) }) },
  },
  decideRightRequest: {
    route: 'POST /api/rights/requests/:id/decision',
    summary: 'Approve or reject a request made by and for other people; a rejection needs a reason',
    body: { approve: Type.Boolean(), note },
    response: { 200: RightRequest, ...procedureRefusals },
  },
  withdrawRightRequest: {
    route: 'POST /api/rights/requests/:id/withdrawal',
    summary: 'Withdraw a pending request',
    response: { 200: RightRequest, ...procedureRefusals },
  },
  listRightHolders: {
    route: 'GET /api/rights/people',
    summary: 'List people with present or future rights, by name',
    querystring: {
      q: Type.Optional(Type.String({ maxLength: 100, description: 'Part of a name or user id' })),
      role: Type.Optional(Role),
      cursor: Type.Optional(Type.String({ maxLength: 512 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    },
    response: {
      200: Type.Object({
        items: Type.Array(
          Type.Intersect([
            Named,
            Type.Object({
              userId: Type.String(),
              unit: Type.Optional(Type.String()),
              roles: Type.Array(Type.Object({ role: Role, duty: Type.Optional(Duty) })),
              until: Type.Optional(instant('Earliest end of their rights')),
            }),
          ]),
        ),
        total: Type.Integer(),
        next: Type.Optional(Type.String()),
      }),
    },
  },
  readPersonsRights: {
    route: 'GET /api/rights/people/:id',
    summary: 'Read a person’s rights and the decisions on them',
    response: { 200: PersonsRights },
  },
  listRightsToReview: {
    route: 'GET /api/rights/review',
    summary:
      'List rights in force that were not reviewed in this quarter or since a change of placement, overdue ones first',
    response: {
      200: Type.Object({
        items: Type.Array(HeldRight, { description: 'At most a hundred' }),
        left: Type.Integer({ description: 'Number of rights to review' }),
        overdue: Type.Integer({
          description:
            'Number of overdue rights: not reviewed in the previous quarter either, or doubtful because of a change of placement',
        }),
        reviewed: Type.Integer({ description: 'Number of rights in force granted or confirmed in this quarter' }),
        quarterEnds: instant('End of the quarter'),
      }),
    },
  },
  reviewRight: {
    route: 'POST /api/rights/:id/reviews',
    summary:
      'Review a right: confirm that it is still needed, or end it; needs a note if it ends, or if there are reasons against it',
    body: { keep: Type.Boolean(), note },
    response: { 200: HeldRight, ...procedureRefusals },
  },
  revokeRight: {
    route: 'POST /api/rights/:id/revocation',
    summary: 'End a right at once; needs a reason, except by its holder',
    body: { reason: note },
    response: { 200: HeldRight, ...procedureRefusals },
  },
} as const
