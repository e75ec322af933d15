/** Recordings and identification data given to the police or another competent authority, by statute (R34, R35, L36, L37). */
import Type, { type Static } from 'typebox'
import { Package } from './research.ts'
import {
  closed,
  counted,
  instant,
  line,
  literals,
  noContent,
  person,
  refusals,
  Trilingual,
  uuid,
  written,
} from './shapes.ts'

const itemOf = Type.Object({ id: Type.String({ format: 'uuid' }), item: counted(1, 'Its number') })
const what = literals(['RECORDING', 'IDENTIFICATION_DATA', 'BOTH'], 'What of the call')

const about = {
  origin: literals(['REQUEST', 'OWN_INITIATIVE'], 'The authority asks, or the controller reports'),
  authority: line(200, 'The police or another competent authority'),
  officer: line(200, 'Who asks or receives, and where to reach them'),
  caseNumber: line(64, 'The authority’s case number'),
  aim: literals(['PREVENTION', 'INVESTIGATION'], 'To prevent or to investigate'),
  provisionId: Type.Optional(
    Type.String({
      maxLength: 64,
      description: 'The statutory ground, of the description’s list; without it nothing is granted',
    }),
  ),
  receivedAt: instant('Received; of an own initiative, begun'),
}

export const authorityStates = ['REQUEST', 'ASSESSED', 'DECIDED', 'REFUSED', 'RELEASED', 'CLOSED'] as const
export const authorityLacks = [
  'authority-off',
  'items',
  'provision',
  'provision-expired',
  'assessment',
  'decision',
  'item-destroyed',
  'release',
] as const

export const AuthorityItem = Type.Object({
  item: Type.Integer(),
  contactId: Type.Optional(uuid('The call; gone with its history')),
  recordingId: Type.Optional(uuid('The recording')),
  what,
  destroyAt: Type.Optional(instant('The recording is destroyed then')),
  state: literals(['available', 'restricted', 'destroyed', 'none'], 'Of the recording'),
  granted: Type.Optional(Type.Boolean({ description: 'As decided' })),
})

const summary = {
  id: uuid('The disclosure'),
  number: Type.String({ description: 'V-2026-3' }),
  origin: about.origin,
  authority: about.authority,
  caseNumber: about.caseNumber,
  state: literals([...authorityStates], 'How far it is; follows from what was done'),
  receivedAt: about.receivedAt,
  items: Type.Integer(),
  urgentAt: Type.Optional(instant('A recording of it is destroyed then, within three days (AC20)')),
  enteredBy: person('By whom'),
}
export const AuthoritySummary = Type.Object(summary)
export type AuthoritySummary = Static<typeof AuthoritySummary>

export const AuthorityDetail = Type.Object({
  ...summary,
  officer: about.officer,
  aim: about.aim,
  provision: Type.Optional(
    Type.Object({
      id: Type.String(),
      names: Trilingual,
      isInForce: Type.Boolean({ description: 'In the description in force, today' }),
    }),
  ),
  itemList: Type.Array(AuthorityItem),
  lacks: Type.Array(
    Type.Object({
      what: literals([...authorityLacks], 'What is missing'),
      items: Type.Optional(Type.Array(Type.Integer())),
    }),
  ),
  assessment: Type.Optional(Type.Object({ text: Type.String(), by: person('By whom'), at: instant('When') })),
  decision: Type.Optional(
    Type.Object({
      outcome: literals(['GRANTED', 'PART', 'REFUSED'], 'How'),
      reasons: Type.String(),
      by: person('The decision maker'),
      at: instant('When'),
    }),
  ),
  packages: Type.Array(Package),
  seen: Type.String({
    description: 'Another text whenever what is decided on is another; a decision says of which it is',
  }),
  closedAt: Type.Optional(instant('Closed')),
  unreleasedBecause: Type.Optional(Type.String({ description: 'Why nothing left of what was granted' })),
  may: Type.Object({ prepare: Type.Boolean(), decide: Type.Boolean(), release: Type.Boolean(), close: Type.Boolean() }),
})
export type AuthorityDetail = Static<typeof AuthorityDetail>

export const authorityOperations = {
  listAuthorityDisclosures: {
    route: 'GET /api/authority-disclosures',
    access: 'view',
    summary: 'Disclosures to authorities, the urgent first, for the security unit, the decision maker and who oversees',
    querystring: Type.Object({ state: Type.Optional(literals(['open', 'over'], 'Which; open unless said')) }, closed),
    response: {
      200: Type.Object({
        items: Type.Array(AuthoritySummary),
        provisions: Type.Array(Type.Object({ id: Type.String(), names: Trilingual }), {
          description: 'The statutory grounds in force today',
        }),
      }),
      ...refusals,
    },
  },
  enterAuthorityDisclosure: {
    route: 'POST /api/authority-disclosures',
    summary: 'Enter an authority’s request, or begin a report of the controller’s own (R34)',
    body: Type.Object(about, closed),
    response: {
      201: Type.Object({ id: uuid('The disclosure'), number: Type.String() }),
      409: refusals[400],
      ...refusals,
    },
  },
  readAuthorityDisclosure: {
    route: 'GET /api/authority-disclosures/:id',
    access: 'view',
    summary: 'A disclosure with its items and what is missing',
    response: { 200: AuthorityDetail, ...refusals },
  },
  changeAuthorityDisclosure: {
    route: 'PUT /api/authority-disclosures/:id',
    summary: 'Correct what was entered, before the decision',
    body: Type.Object(about, closed),
    response: noContent,
  },
  addAuthorityItem: {
    route: 'POST /api/authority-disclosures/:id/items',
    summary: 'Add a call, or one recording of it, that the security unit has found under the case',
    body: Type.Object({ contactId: uuid('The call'), recordingId: Type.Optional(uuid('The recording')), what }, closed),
    response: { 201: Type.Object({ item: Type.Integer() }), 409: refusals[400], ...refusals },
  },
  dropAuthorityItem: {
    route: 'DELETE /api/authority-disclosures/:id/items/:item',
    summary: 'Take an item out before the decision',
    params: itemOf,
    response: noContent,
  },
  assessAuthorityDisclosure: {
    route: 'PUT /api/authority-disclosures/:id/assessment',
    summary: 'What the security unit makes of it: whether the ground reaches what is asked for',
    body: Type.Object({ text: written(4000, 'The assessment') }, closed),
    response: noContent,
  },
  decideAuthorityDisclosure: {
    route: 'POST /api/authority-disclosures/:id/decision',
    summary: 'Grant, grant in part or refuse, with reasons; nothing is granted without a provision in force (R34, R35)',
    body: Type.Object(
      {
        outcome: literals(['GRANTED', 'PART', 'REFUSED'], 'How'),
        items: Type.Optional(
          Type.Array(counted(1, 'An item'), { maxItems: 1000, description: 'PART: which are granted' }),
        ),
        reasons: written(2000, 'Why'),
        seen: Type.String({ maxLength: 64, description: 'Of the disclosure as it was read' }),
      },
      closed,
    ),
    response: noContent,
  },
  closeAuthorityDisclosure: {
    route: 'POST /api/authority-disclosures/:id/close',
    summary: 'Close what was released or refused, or what was granted and did not leave, with the reason (R34)',
    body: Type.Object(
      {
        unreleasedBecause: Type.Optional(written(2000, 'Why nothing left, where it was granted and was not released')),
      },
      closed,
    ),
    response: noContent,
  },
} as const
