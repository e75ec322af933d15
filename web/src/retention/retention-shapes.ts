/** Types of the API for retention, filters of its pages in the URL, and who may open which of them. */
import type { Answer, Me } from '../api/shapes.ts'
import { hasRole } from '../session/rights.ts'

export type Retention = Answer<'/api/retention', 'get'>
export type Obstacle = Retention['obstacles'][number]
export type RetentionRun = Retention['runs'][number]
export type Due = Answer<'/api/retention/due', 'get'>['items'][number]
export type LedgerEntry = Answer<'/api/retention/ledger', 'get'>['items'][number]
export type Hold = Answer<'/api/holds', 'get'>['items'][number]
export type Recall = Answer<'/api/recalls', 'get'>['items'][number]
export type PlaceOfData = Answer<'/api/storage', 'get'>['items'][number]
export type Prohibition = Answer<'/api/recordings/{id}/prohibitions', 'post'>
export type Destruction = Answer<'/api/recordings/{id}/destruction', 'get'>

export const grains = ['day', 'month'] as const
export type Grain = (typeof grains)[number]

/** Granularity and service number of what is due, in the URL. */
export interface DueFilters {
  by?: Grain
  number?: string
}

/** Reads the filters from a URL; unknown ones are left out. */
export function readDueFilters(search: Record<string, unknown>): DueFilters {
  const by = grains.find((one) => one === search['by'])
  const number = search['number']
  return {
    ...(by && by !== 'day' && { by }),
    ...(typeof number === 'string' && /^\+?\d{2,19}$/.test(number) && { number }),
  }
}

/** Reads which preservation orders to show from the URL; those in force by default. */
export function readHoldState(search: Record<string, unknown>): { state?: 'ended' } {
  return search['state'] === 'ended' ? { state: 'ended' } : {}
}

const soonMs = 7 * 24 * 3_600_000

/** Returns true for an order that ends within a week unless renewed. */
export function endsSoon({ state, until }: Pick<Hold, 'state' | 'until'>, nowMs: number): boolean {
  return state === 'in-force' && Date.parse(until) - nowMs < soonMs
}

/** Returns true for persons who administer, decide on and oversee the register; they see counts only. */
export function seesRetention(me: Pick<Me, 'rights'>): boolean {
  return hasRole(me, 'ADMINISTRATOR', 'DATA_PROTECTION_OFFICER', 'DECISION_MAKER', 'MAINTENANCE', 'SECURITY')
}

/** Returns true for persons who see the storage places. */
export function seesPlaces(me: Pick<Me, 'rights'>): boolean {
  return hasRole(me, 'ADMINISTRATOR', 'DATA_PROTECTION_OFFICER', 'DECISION_MAKER', 'MAINTENANCE')
}

/** Returns true for persons who read the destruction ledger; the Service Unit reads one recording at a time. */
export function seesLedger(me: Pick<Me, 'rights'>): boolean {
  return seesPlaces(me) || hasRole(me, 'SECURITY')
}

/** Returns true for persons who handle recalled copies. */
export function seesRecalls(me: Pick<Me, 'rights'>): boolean {
  return hasRole(me, 'DECISION_MAKER')
}

/** Returns true for persons who may know of preservation orders; their existence is secret (Act 806/2011 8:24). */
export function knowsHolds(me: Pick<Me, 'rights'>): boolean {
  return hasRole(me, 'SECURITY', 'DECISION_MAKER')
}
