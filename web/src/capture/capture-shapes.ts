import { $api } from '../api/client.ts'
import type { Me } from '../api/shapes.ts'
import type { paths } from '../api/paths.ts'
import { hasRole } from '../session/rights.ts'

type Answer<P extends keyof paths, M extends keyof paths[P]> = paths[P][M] extends {
  responses: { 200: { content: { 'application/json': infer Body } } }
}
  ? Body
  : never

export type ReceptionPeriod = Answer<'/api/capture/reception', 'get'>['items'][number]
export type SeenClient = Answer<'/api/capture/clients', 'get'>['items'][number]
export type ClientSends = Answer<'/api/capture/clients/{id}', 'get'>['sends'][number]
export type CaptureNode = Answer<'/api/capture/nodes', 'get'>['items'][number]
export type FlowHead = Answer<'/api/capture/flows', 'get'>['items'][number]
export type CallFlow = Answer<'/api/capture/flows/{id}', 'get'>
export type FlowStep = CallFlow['steps'][number]

/** Returns true for persons who run the installation: only they see these pages. */
export function runsCapture(me: Pick<Me, 'rights'>): boolean {
  return hasRole(me, 'ADMINISTRATOR', 'MAINTENANCE')
}

export const spans = ['day', 'week', 'month'] as const
export type Span = (typeof spans)[number]
export const views = ['client', 'time'] as const
export type View = (typeof views)[number]

/** Reads the view of the reception page from the URL; defaults are omitted. */
export function readReceptionView(search: Record<string, unknown>): { span?: Span; by?: View } {
  const span = spans.find((one) => one === search['span'])
  const by = views.find((one) => one === search['by'])
  return { ...(span && span !== 'day' && { span }), ...(by && by !== 'client' && { by }) }
}

/** Reads which sessions to list from the URL: all, those with a problem, or those of one part of a call. */
export function readFlowFilters(search: Record<string, unknown>): { show?: 'troubled'; segment?: string } {
  const segment = search['segment']
  return {
    ...(search['show'] === 'troubled' && { show: 'troubled' as const }),
    ...(typeof segment === 'string' && /^[0-9a-f-]{36}$/.test(segment) && { segment }),
  }
}

const spanDays: Record<Span, number> = { day: 1, week: 7, month: 31 }
const hourMs = 3_600_000

/** Returns the period of a span. It ends at the next full hour, so that the query key stays the same within an hour. */
export function spanOf(span: Span, nowMs: number): { from: string; to: string; by: 'hour' | 'day' } {
  const until = (Math.floor(nowMs / hourMs) + 1) * hourMs
  return {
    from: new Date(until - spanDays[span] * 24 * hourMs).toISOString(),
    to: new Date(until).toISOString(),
    by: span === 'day' ? 'hour' : 'day',
  }
}

export type Counts = Omit<ReceptionPeriod, 'at' | 'trunk' | 'client'>

/** Sums rows of the same key. Jitter is the mean over recordings. */
export function sumReception(
  items: readonly ReceptionPeriod[],
  keyOf: (item: ReceptionPeriod) => string,
): { key: string; first: ReceptionPeriod; counts: Counts }[] {
  const sums = new Map<string, { key: string; first: ReceptionPeriod; counts: Counts; weighted: number }>()
  for (const item of items) {
    const key = keyOf(item)
    const { at: _, trunk: __, client: ___, ...counts } = item
    const known = sums.get(key)
    const weighted = item.jitterMs * item.recordings
    if (!known) {
      sums.set(key, { key, first: item, counts, weighted })
      continue
    }
    const names = [
      'recordings',
      'oneWay',
      'silent',
      'lossy',
      'empty',
      'expected',
      'lost',
      'late',
      'duplicates',
    ] as const
    known.weighted += weighted
    known.counts = {
      ...known.counts,
      ...Object.fromEntries(names.map((name) => [name, known.counts[name] + counts[name]])),
      worstJitterMs: Math.max(known.counts.worstJitterMs, counts.worstJitterMs),
    }
    known.counts.jitterMs = known.weighted / Math.max(1, known.counts.recordings)
  }
  return [...sums.values()].map(({ key, first, counts }) => ({ key, first, counts }))
}

export function useClients() {
  return $api.useQuery('get', '/api/capture/clients', undefined, { staleTime: 0 })
}
