import type { paths } from './paths.ts'

/** Body of an operation's 200 answer. */
export type Answer<P extends keyof paths, M extends keyof paths[P]> = paths[P][M] extends {
  responses: { 200: { content: { 'application/json': infer Body } } }
}
  ? Body
  : never

export type Me = Answer<'/api/session', 'get'>
export type AccessRight = Me['rights'][number]
export type Purpose = AccessRight['purposes'][number]['purpose']
export type AccountRefusal = paths['/api/session']['post']['responses'][401]['content']['application/json']
export type SecondFactor = NonNullable<AccountRefusal['error']['factors']>[number]
export type PasswordProblem = NonNullable<AccountRefusal['error']['problems']>[number]
export type Account = Answer<'/api/account', 'get'>
export type OwnSession = Answer<'/api/account/sessions', 'get'>['items'][number]
export type LinkSeen = Answer<'/api/links/look', 'post'>
export type PersonAccount = Answer<'/api/people/{id}/account', 'get'>
export type AccountNotice = Answer<'/api/account/notices', 'get'>['items'][number]
export type DirectoryChange = Answer<'/api/directory-changes', 'get'>['items'][number]
export type FactorRemoval = Answer<'/api/factor-removals', 'get'>['items'][number]
export type ContactsPage = Answer<'/api/contacts', 'get'>
export type Contact = ContactsPage['items'][number]
export type Segment = Contact['segments'][number]
export type Recording = Segment['recording']
export type Caller = Contact['caller']
export type ContactDetail = Answer<'/api/contacts/{id}', 'get'>
export type SegmentDetail = ContactDetail['segments'][number]
export type Peaks = Answer<'/api/listenings/{id}/peaks', 'get'>
export type ListeningEnd = paths['/api/listenings/{id}/events']['get']['responses'][200]['content']['text/event-stream']
export type Gap = Peaks['gaps'][number]
export type LiveCalls = paths['/api/calls']['get']['responses'][200]['content']['text/event-stream']
export type LiveCall = LiveCalls['items'][number]
export type Listening =
  paths['/api/recordings/{id}/listenings']['post']['responses'][201]['content']['application/json']
/** Purpose and reference of every access. */
export interface UnderPurpose {
  purpose: Purpose
  reference?: string
}
export type Named = { fi: string; sv: string; en: string }
export type Version = Answer<'/api/description/versions', 'get'>['items'][number]
export type VersionText = Answer<'/api/description/versions/{version}', 'get'>
export type DraftList = Answer<'/api/description/drafts', 'get'>
export type DraftSummary = DraftList['items'][number]
export type Draft = Answer<'/api/description/drafts/{id}', 'get'>
export type Change = Draft['changes'][number]
export type Problem = Draft['problems'][number]
export type DraftChange = NonNullable<
  paths['/api/description/drafts/{id}']['patch']['requestBody']
>['content']['application/json']
export type DraftEdit = NonNullable<DraftChange['edits']>[number]
export type DryRun = Answer<'/api/description/drafts/{id}/dry-run', 'post'>
export type ImportRefused =
  paths['/api/description/drafts/{id}/numbers']['post']['responses'][422]['content']['application/json']
export type Passkey = Answer<'/api/account/passkeys', 'get'>['items'][number]
export type RequestQueue = Answer<'/api/requests', 'get'>
export type RequestSummary = RequestQueue['items'][number]
export type RequestDetail = Answer<'/api/requests/{id}', 'get'>
export type RequestParty = RequestSummary['party']
export type RequestKind = RequestSummary['kinds'][number]
export type NextStep = RequestSummary['next'][number]
export type RequestCall = RequestDetail['calls'][number]
export type MatchedContact = NonNullable<RequestCall['contact']>
export type ReportedCall = NonNullable<RequestCall['told']>
export type Requester = NonNullable<RequestDetail['requester']>
export type IdentifiedHow = NonNullable<RequestDetail['identified']>['how']
export type Appointment = RequestDetail['appointments'][number]
export type Letter = RequestDetail['letters'][number]
export type LetterKind = Letter['kind']
export type SubjectCopy = RequestDetail['copies'][number]
export type Correction = RequestDetail['corrections'][number]
export type RequestDecisions = Answer<'/api/request-decisions', 'get'>
export type RequestStatistics = Answer<'/api/request-statistics', 'get'>
