/** Types of the API for disclosures to research institutes and to authorities (R27-R35), and who may open which of their pages. */
import type { paths } from '../api/paths.ts'
import type { Answer, Me } from '../api/shapes.ts'
import { hasRole } from '../session/rights.ts'

type Body<Operation> = Operation extends { requestBody: { content: { 'application/json': infer Asked } } }
  ? Asked
  : never

export type Institute = Answer<'/api/institutes', 'get'>['items'][number]
export type InstituteFields = Body<paths['/api/institutes']['post']>
export type ResearchSummary = Answer<'/api/research-disclosures', 'get'>['items'][number]
export type ResearchDetail = Answer<'/api/research-disclosures/{id}', 'get'>
export type ResearchItem = ResearchDetail['itemList'][number]
export type ResearchNotice = ResearchDetail['notices'][number]
export type Extension = ResearchDetail['extensions'][number]
export type SoundFormat = ResearchDetail['format']
export type AuthorityList = Answer<'/api/authority-disclosures', 'get'>
export type AuthoritySummary = AuthorityList['items'][number]
export type Provision = AuthorityList['provisions'][number]
export type AuthorityDetail = Answer<'/api/authority-disclosures/{id}', 'get'>
export type AuthorityItem = AuthorityDetail['itemList'][number]
export type AuthorityBody = Body<paths['/api/authority-disclosures']['post']>
export type Package = ResearchDetail['packages'][number]
export type LoggedDisclosure = Answer<'/api/disclosures', 'get'>['items'][number]
export type Referral = Answer<'/api/referrals', 'get'>['items'][number]
export type DisclosureStatistics = Answer<'/api/disclosures/statistics', 'get'>
/** Shown once, when a package is started. */
export type BegunPackage =
  paths['/api/research-disclosures/{id}/packages']['post']['responses'][201]['content']['application/json']

type Rights = Pick<Me, 'rights'>

/** Returns true for persons who prepare disclosures for research and check those of others. */
export function preparesResearch(me: Rights): boolean {
  return me.rights.some(({ role, duty }) => role === 'EXPERT' && duty === 'QUALITY')
}

/** Returns true for persons who prepare disclosures to authorities. */
export function isSecurity(me: Rights): boolean {
  return hasRole(me, 'SECURITY')
}

export function isDecisionMaker(me: Rights): boolean {
  return hasRole(me, 'DECISION_MAKER')
}

/** Returns true for persons who see the lists of disclosures for research. Only persons who work on one see all of it. */
export function listsResearch(me: Rights): boolean {
  return opensResearch(me) || hasRole(me, 'DATA_PROTECTION_OFFICER')
}

export function opensResearch(me: Rights): boolean {
  return preparesResearch(me) || isDecisionMaker(me)
}

export function seesAuthorityDisclosures(me: Rights): boolean {
  return isSecurity(me) || readsLog(me)
}

/** Returns true for decision makers and overseers, who see the log of disclosures. */
export function readsLog(me: Rights): boolean {
  return hasRole(me, 'DECISION_MAKER', 'DATA_PROTECTION_OFFICER')
}

export function seesDisclosures(me: Rights): boolean {
  return listsResearch(me) || seesAuthorityDisclosures(me)
}

/** Reads which lists to show from the URL; open ones by default. */
export function readDisclosureState(search: Record<string, unknown>): { state?: 'over' } {
  return search['state'] === 'over' ? { state: 'over' } : {}
}
