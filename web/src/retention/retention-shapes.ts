/**
 * How records end: what is due when, what stands in the way, orders that keep, copies that were recalled, and where data
 * lie. In: counts and states of the contract. Out: pages for those who see to it. Never here: content; and an order to
 * keep, outside the pages of those who may know of it.
 */
import type { Me } from '../api/shapes.ts'
import type { paths } from '../api/paths.ts'
import { hasRole } from '../session/rights.ts'

type Ok<Operation> = Operation extends { responses: { 200: { content: { 'application/json': infer Body } } } }
  ? Body
  : never

export type Retention = Ok<paths['/api/retention']['get']>
export type Obstacle = Retention['obstacles'][number]
export type RetentionRun = Retention['runs'][number]
export type Due = Ok<paths['/api/retention/due']['get']>['items'][number]
export type LedgerEntry = Ok<paths['/api/retention/ledger']['get']>['items'][number]
export type Hold = Ok<paths['/api/holds']['get']>['items'][number]
export type Recall = Ok<paths['/api/recalls']['get']>['items'][number]
export type PlaceOfData = Ok<paths['/api/storage']['get']>['items'][number]
export type Prohibition = Ok<paths['/api/recordings/{id}/prohibitions']['post']>
export type Destruction = Ok<paths['/api/recordings/{id}/destruction']['get']>

export const grains = ['hour', 'day', 'month'] as const
export type Grain = (typeof grains)[number]

/** How finely what is due is counted, and of which service number, as they stand in the address. */
export interface DueFilters {
  by?: Grain
  number?: string
}

/** The search part of an address; whatever is not a filter is left out. */
export function readDueFilters(search: Record<string, unknown>): DueFilters {
  const by = grains.find((one) => one === search['by'])
  const number = search['number']
  return {
    ...(by && by !== 'day' && { by }),
    ...(typeof number === 'string' && /^\+?\d{2,19}$/.test(number) && { number }),
  }
}

/** Which preservation orders are shown, as it stands in the address; those in force unless it says otherwise. */
export function readHoldState(search: Record<string, unknown>): { state?: 'ended' } {
  return search['state'] === 'ended' ? { state: 'ended' } : {}
}

const soonMs = 7 * 24 * 3_600_000

/** An order that is over within a week unless it is renewed. */
export function endsSoon({ state, until }: Pick<Hold, 'state' | 'until'>, nowMs: number): boolean {
  return state === 'in-force' && Date.parse(until) - nowMs < soonMs
}

/** Who sees to the ends of records: those who run the register, decide on it and watch over it; counts only. */
export function seesRetention(me: Pick<Me, 'rights'>): boolean {
  return hasRole(me, 'ADMINISTRATOR', 'DATA_PROTECTION_OFFICER', 'DECISION_MAKER', 'MAINTENANCE', 'SECURITY')
}

/** Who sees where data lie. */
export function seesPlaces(me: Pick<Me, 'rights'>): boolean {
  return hasRole(me, 'ADMINISTRATOR', 'DATA_PROTECTION_OFFICER', 'DECISION_MAKER', 'MAINTENANCE')
}

/** Who reads the destruction ledger; the Service Unit asks about one recording at a time. */
export function seesLedger(me: Pick<Me, 'rights'>): boolean {
  return seesPlaces(me) || hasRole(me, 'SECURITY')
}

/** Who sees that recalled copies come back, or are known to be gone. */
export function seesRecalls(me: Pick<Me, 'rights'>): boolean {
  return hasRole(me, 'DECISION_MAKER')
}

/** Who learns of preservation orders: nobody else is told that there are any (Act 806/2011 8:24). */
export function knowsHolds(me: Pick<Me, 'rights'>): boolean {
  return hasRole(me, 'SECURITY', 'DECISION_MAKER')
}
