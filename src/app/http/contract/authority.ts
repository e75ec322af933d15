/** Recordings and identification data given to the police or another competent authority, by statute (R34, R35, L36, L37). */
import Type, { type Static } from 'typebox'
import { Package } from './research.ts'
import { counted, instant, line, literals, noContent, person, Trilingual, uuid, written, ErrorBody } from './shapes.ts'

const itemParams = Type.Object({ id: Type.String({ format: 'uuid' }), item: counted(1, 'Number of the item') })
const what = literals(['RECORDING', 'IDENTIFICATION_DATA', 'BOTH'], 'What is disclosed')

const caseFields = {
  origin: literals(
    ['REQUEST', 'OWN_INITIATIVE'],
    'Request of the authority, or a report on the controller’s initiative',
  ),
  authority: line(200, 'The police or another competent authority'),
  officer: line(200, 'Contact person at the authority, with contact details'),
  caseNumber: line(64, 'The authority’s case number'),
  aim: literals(['PREVENTION', 'INVESTIGATION'], 'Purpose: to prevent or to investigate an offence'),
  provisionId: Type.Optional(
    Type.String({
      maxLength: 64,
      description: 'Statutory provision, from the description’s list; required for granting',
    }),
  ),
  receivedAt: instant('Received; for a report on own initiative, begun'),
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
  contactId: Type.Optional(uuid('The call; absent after its history was deleted')),
  recordingId: Type.Optional(uuid('The recording')),
  what,
  destroyAt: Type.Optional(instant('When the recording is destroyed')),
  state: literals(['available', 'restricted', 'destroyed', 'none'], 'State of the recording'),
  granted: Type.Optional(Type.Boolean({ description: 'True if granted by the decision' })),
})

const summary = {
  id: uuid('The disclosure'),
  number: Type.String({ description: 'V-2026-3' }),
  origin: caseFields.origin,
  authority: caseFields.authority,
  caseNumber: caseFields.caseNumber,
  state: literals([...authorityStates], 'State, which follows from the acts done so far'),
  receivedAt: caseFields.receivedAt,
  items: Type.Integer(),
  urgentAt: Type.Optional(instant('When a recording is destroyed, if within three days (AC20)')),
  enteredBy: person('By whom'),
}
export const AuthoritySummary = Type.Object(summary)
export type AuthoritySummary = Static<typeof AuthoritySummary>

export const AuthorityDetail = Type.Object({
  ...summary,
  officer: caseFields.officer,
  aim: caseFields.aim,
  provision: Type.Optional(
    Type.Object({
      id: Type.String(),
      names: Trilingual,
      isInForce: Type.Boolean({ description: 'True if the provision is in the description in force today' }),
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
      outcome: literals(['GRANTED', 'PART', 'REFUSED'], 'Outcome'),
      reasons: Type.String(),
      by: person('The decision maker'),
      at: instant('When'),
    }),
  ),
  packages: Type.Array(Package),
  seen: Type.String({
    description: 'Version of the disclosure’s content; a decision must name the version that was read',
  }),
  closedAt: Type.Optional(instant('Closed')),
  unreleasedBecause: Type.Optional(Type.String({ description: 'Why granted items were not released' })),
  may: Type.Object({ prepare: Type.Boolean(), decide: Type.Boolean(), release: Type.Boolean(), close: Type.Boolean() }),
})
export type AuthorityDetail = Static<typeof AuthorityDetail>

export const authorityOperations = {
  listAuthorityDisclosures: {
    route: 'GET /api/authority-disclosures',
    access: 'view',
    summary:
      'List disclosures to authorities, urgent ones first, for the security unit, the decision maker and oversight',
    querystring: { state: Type.Optional(literals(['open', 'over'], 'Default: open')) },
    response: {
      200: Type.Object({
        items: Type.Array(AuthoritySummary),
        provisions: Type.Array(Type.Object({ id: Type.String(), names: Trilingual }), {
          description: 'Statutory provisions in force today',
        }),
      }),
    },
  },
  enterAuthorityDisclosure: {
    route: 'POST /api/authority-disclosures',
    summary: 'Enter an authority’s request, or begin a report on the controller’s initiative (R34)',
    body: caseFields,
    response: { 201: Type.Object({ id: uuid('The disclosure'), number: Type.String() }), 409: ErrorBody },
  },
  readAuthorityDisclosure: {
    route: 'GET /api/authority-disclosures/:id',
    access: 'view',
    summary: 'Read a disclosure with its items and what is missing',
    response: { 200: AuthorityDetail },
  },
  changeAuthorityDisclosure: {
    route: 'PUT /api/authority-disclosures/:id',
    summary: 'Correct the entered data, before the decision',
    body: caseFields,
    response: noContent,
  },
  addAuthorityItem: {
    route: 'POST /api/authority-disclosures/:id/items',
    summary: 'Add a call, or one of its recordings, that the security unit has found under the case',
    body: { contactId: uuid('The call'), recordingId: Type.Optional(uuid('The recording')), what },
    response: { 201: Type.Object({ item: Type.Integer() }), 409: ErrorBody },
  },
  dropAuthorityItem: {
    route: 'DELETE /api/authority-disclosures/:id/items/:item',
    summary: 'Remove an item, before the decision',
    params: itemParams,
    response: noContent,
  },
  assessAuthorityDisclosure: {
    route: 'PUT /api/authority-disclosures/:id/assessment',
    summary: 'Save the security unit’s assessment: does the provision cover the request?',
    body: { text: written(4000, 'The assessment') },
    response: noContent,
  },
  decideAuthorityDisclosure: {
    route: 'POST /api/authority-disclosures/:id/decision',
    summary: 'Grant, grant in part or refuse, with reasons; nothing is granted without a provision in force (R34, R35)',
    body: {
      outcome: literals(['GRANTED', 'PART', 'REFUSED'], 'Outcome'),
      items: Type.Optional(
        Type.Array(counted(1, 'An item'), { maxItems: 1000, description: 'With PART: numbers of the granted items' }),
      ),
      reasons: written(2000, 'Why'),
      seen: Type.String({ maxLength: 64, description: 'Version of the content that was read' }),
    },
    response: noContent,
  },
  closeAuthorityDisclosure: {
    route: 'POST /api/authority-disclosures/:id/close',
    summary:
      'Close a disclosure that was released or refused, or, with a reason, one that was granted and not released (R34)',
    body: { unreleasedBecause: Type.Optional(written(2000, 'Why it was granted and not released')) },
    response: noContent,
  },
} as const
