/**
 * Luovutukset: recordings lent to research institutes, and what authorities are given by statute (R27-R35). In: disclosures of
 * the contract. Out: pages that name what is missing and where it is done. Never here: sound, or a way to make a file of it;
 * whether something may leave is the server's to say.
 */
import type { paths } from '../api/paths.ts'
import type { Me } from '../api/shapes.ts'
import { hasRole } from '../session/rights.ts'

type Ok<Operation> = Operation extends { responses: { 200: { content: { 'application/json': infer Body } } } }
  ? Body
  : never
type Body<Operation> = Operation extends { requestBody: { content: { 'application/json': infer Asked } } }
  ? Asked
  : never

export type Institute = Ok<paths['/api/institutes']['get']>['items'][number]
export type InstituteFields = Body<paths['/api/institutes']['post']>
export type ResearchSummary = Ok<paths['/api/research-disclosures']['get']>['items'][number]
export type ResearchDetail = Ok<paths['/api/research-disclosures/{id}']['get']>
export type ResearchItem = ResearchDetail['itemList'][number]
export type ResearchNotice = ResearchDetail['notices'][number]
export type Extension = ResearchDetail['extensions'][number]
export type SoundFormat = ResearchDetail['format']
export type AuthorityList = Ok<paths['/api/authority-disclosures']['get']>
export type AuthoritySummary = AuthorityList['items'][number]
export type Provision = AuthorityList['provisions'][number]
export type AuthorityDetail = Ok<paths['/api/authority-disclosures/{id}']['get']>
export type AuthorityItem = AuthorityDetail['itemList'][number]
export type AuthorityAbout = Body<paths['/api/authority-disclosures']['post']>
export type Package = ResearchDetail['packages'][number]
export type LoggedDisclosure = Ok<paths['/api/disclosures']['get']>['items'][number]
export type Referral = Ok<paths['/api/referrals']['get']>['items'][number]
export type DisclosureStatistics = Ok<paths['/api/disclosures/statistics']['get']>
/** What is shown once, when a package was begun. */
export type BegunPackage =
  paths['/api/research-disclosures/{id}/packages']['post']['responses'][201]['content']['application/json']

type Rights = Pick<Me, 'rights'>

/** Prepares disclosures for research, and checks what others prepared. */
export function prepares(me: Rights): boolean {
  return me.rights.some(({ role, duty }) => role === 'EXPERT' && duty === 'QUALITY')
}

/** Prepares disclosures to authorities. */
export function isSecurity(me: Rights): boolean {
  return hasRole(me, 'SECURITY')
}

export function decides(me: Rights): boolean {
  return hasRole(me, 'DECISION_MAKER')
}

/** Who sees the lists of disclosures for research; of one everything is seen by who works on it. */
export function listsResearch(me: Rights): boolean {
  return opensResearch(me) || hasRole(me, 'DATA_PROTECTION_OFFICER')
}

export function opensResearch(me: Rights): boolean {
  return prepares(me) || decides(me)
}

export function knowsOfAuthorities(me: Rights): boolean {
  return isSecurity(me) || readsLog(me)
}

/** The log of disclosures is for who decides and who oversees. */
export function readsLog(me: Rights): boolean {
  return hasRole(me, 'DECISION_MAKER', 'DATA_PROTECTION_OFFICER')
}

export function seesDisclosures(me: Rights): boolean {
  return listsResearch(me) || knowsOfAuthorities(me)
}

/** Which lists are shown, as it stands in the address; the open ones unless it says otherwise. */
export function readWhich(search: Record<string, unknown>): { state?: 'over' } {
  return search['state'] === 'over' ? { state: 'over' } : {}
}
