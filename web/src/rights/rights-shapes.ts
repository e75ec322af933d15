/** Types of the API for access rights, and what the URLs of their pages contain. The server decides who may do what. */
import type { Answer, Me } from '../api/shapes.ts'
import { hasRole } from '../session/rights.ts'

export type RightRequest = Answer<'/api/rights/requests', 'get'>['items'][number]
export type PersonsRights = Answer<'/api/rights/people/{id}', 'get'>
export type HeldRight = PersonsRights['rights'][number]
export type Doubt = HeldRight['doubts'][number]
export type Scope = HeldRight['scope']
export type Holder = Answer<'/api/rights/people', 'get'>['items'][number]
export type Offer = Answer<'/api/rights/offer', 'get'>
export type Candidate = Offer['people'][number]
export type OfferedRole = Offer['roles'][number]
export type Role = OfferedRole['role']

/** Returns true for persons who review rights each quarter. */
export function reviewsRights(me: Pick<Me, 'rights'>): boolean {
  return hasRole(me, 'ACCESS_APPROVER', 'SUPERVISOR', 'DATA_PROTECTION_OFFICER')
}

/** Prefix of all query keys of access rights, for invalidation. */
export const rightsKey = 'rights'

/** Reads the person of a new right, and the right it renews, from the URL. */
export function readNewRight(search: Record<string, unknown>): { person?: string; renew?: string } {
  const id = (key: string) => {
    const value = search[key]
    return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value) ? value : undefined
  }
  const [person, renew] = [id('person'), id('renew')]
  return { ...(person && { person }), ...(person && renew && { renew }) }
}

/** Filters for holders of rights in the URL. */
export interface HolderFilters {
  q?: string
  role?: Role
}

export const roles: readonly Role[] = [
  'OFFICIAL',
  'SUPERVISOR',
  'EXPERT',
  'MAINTENANCE',
  'SECURITY',
  'SERVICE_UNIT',
  'DECISION_MAKER',
  'ACCESS_APPROVER',
  'ADMINISTRATOR',
  'DATA_PROTECTION_OFFICER',
]

/** Reads the filters from a URL; unknown ones are left out. */
export function readHolderFilters(search: Record<string, unknown>): HolderFilters {
  const q = typeof search['q'] === 'string' ? search['q'].trim().slice(0, 100) : ''
  const role = roles.find((one) => one === search['role'])
  return { ...(q && { q }), ...(role && { role }) }
}
