/**
 * Inspections: a party of a call wants to hear it. In: the contract's inspections. Out: the Service Unit's list of those
 * that wait, and the steps beside the call. Never here: who the party is; they are identified at the Service Unit (R46).
 */
import type { paths } from '../api/schema.d.ts'

type Ok<Operation> = Operation extends { responses: { 200: { content: { 'application/json': infer Body } } } }
  ? Body
  : never
export type Inspection = Ok<paths['/api/inspections']['get']>['items'][number]

export const parties = ['CALLER', 'OFFICIAL'] as const
export type Party = (typeof parties)[number]
export const outcomes = ['heard', 'no-show', 'withdrawn', 'destroyed', 'answered'] as const
export type Outcome = (typeof outcomes)[number]

/** Which inspections are shown, as it stands in the address; open ones unless it says otherwise. */
export function readInspectionState(search: Record<string, unknown>): { state?: 'closed' } {
  return search['state'] === 'closed' ? { state: 'closed' } : {}
}

/** The first of its recordings to be destroyed, as an instant; nothing where none has a day. */
export function firstEnd({ recordings }: Pick<Inspection, 'recordings'>): string | undefined {
  return recordings
    .filter(({ state }) => state !== 'destroyed')
    .flatMap(({ destroyAt }) => destroyAt ?? [])
    .sort((a, b) => Date.parse(a) - Date.parse(b))[0]
}
