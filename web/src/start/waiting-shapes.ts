/** Tasks that wait for the person: rows of the server, in the server's order. */
import type { paths } from '../api/paths.ts'
import type { Me } from '../api/shapes.ts'
import { formatMonth } from '../watch/months.ts'
import type { Language } from '../language/language.ts'
import type { Translate, Word } from '../language/use-words.ts'
import { hasRole } from '../session/rights.ts'
import type { Target } from './task-list.tsx'

export type WaitingItem = paths['/api/waiting']['get']['responses'][200]['content']['application/json']['items'][number]

const kindTexts: Partial<Record<WaitingItem['kind'], (about: string) => string>> = {
  alarm: (about) => `watch.alarm.${about}.title`,
  obstacle: (about) => `retention.obstacle.${about}`,
  blocker: (about) => `capture.operation.blocker.${about}`,
}

/** Returns the text of the task, for the row's link. */
export function taskText({ kind, about }: Pick<WaitingItem, 'kind' | 'about'>, t: Translate): string {
  const ofKind = about === undefined ? undefined : kindTexts[kind]?.(about)
  return t((ofKind ?? `start.waits.${kind}`) as Word)
}

/** Kinds whose rows are always counts. A row of another kind with a count over one stands for items that are not listed. */
const counted = new Set<WaitingItem['kind']>(['request-home', 'promise', 'unreconciled', 'right-review'])

/** Returns the name of the row's item, or the number of items. */
export function aboutText(row: WaitingItem, t: Translate, language: Language): string {
  const { kind, about, name, count, id } = row
  if (counted.has(kind)) return t('start.waiting.count', { count })
  if (count > 1) return t('start.waiting.more', { count })
  if (kind === 'review' && id !== undefined) return formatMonth(id, language)
  if (kind === 'draft-decide' || kind === 'draft-own') {
    return t('description.draft.title', { version: Number(name) })
  }
  if (kind === 'right-decide' || kind === 'right-ending') return t(`rights.role.${about ?? ''}` as Word)
  return name ?? ''
}

/** Returns the page of the row's item; for a row of several items, the page with their list. */
export function targetOf({ kind, about, id, item }: WaitingItem, me: Pick<Me, 'rights' | 'personId'>): Target {
  const params = { id: id ?? '' }
  switch (kind) {
    case 'request':
    case 'request-free':
    case 'request-home':
    case 'request-others':
    case 'pending-right':
      return id === undefined ? { to: '/requests' } : { to: '/requests/$id', params }
    case 'appointment':
    case 'appointment-outcome':
      return { to: '/appointments' }
    case 'correction':
    case 'openness':
      return { to: '/request-decisions' }
    case 'referral':
      return { to: '/disclosures' }
    case 'research-sent-back':
    case 'research-check': {
      if (id === undefined) return { to: '/disclosures' }
      const ofItem = { id, item: String(item) }
      return kind === 'research-check'
        ? { to: '/disclosures/research/$id/items/$item/check', params: ofItem }
        : { to: '/disclosures/research/$id/items/$item', params: ofItem }
    }
    case 'research-draft':
    case 'research-decide':
    case 'research-release':
    case 'research-overdue':
    case 'authority-assess':
    case 'authority-decide':
    case 'authority-release':
    case 'pending-disclosure': {
      if (id === undefined) return { to: '/disclosures' }
      const isResearch = kind.startsWith('research') || about === 'RESEARCH'
      return isResearch ? { to: '/disclosures/research/$id', params } : { to: '/disclosures/authority/$id', params }
    }
    case 'recall':
      return { to: '/retention/recalls' }
    case 'hold-ending':
      return { to: '/retention/holds' }
    case 'evaluation':
    case 'evaluation-draft':
    case 'disagreement':
      return id === undefined ? { to: '/quality' } : { to: '/quality/evaluations/$id', params }
    case 'calibration':
      return { to: '/quality/calibrations' }
    case 'own-evaluation':
      return { to: '/my-calls/evaluations' }
    case 'draft-decide':
    case 'draft-own':
      return id === undefined ? { to: '/description' } : { to: '/description/drafts/$id', params }
    case 'right-decide':
      return { to: '/rights' }
    case 'right-review':
      return { to: '/rights/review' }
    case 'right-ending':
      return { to: '/rights/new', search: { person: me.personId, ...(id !== undefined && { renew: id }) } }
    case 'directory-change':
      return { to: '/', hash: 'directory-changes' }
    case 'factor-removal':
      return { to: '/', hash: 'factor-removals' }
    case 'alarm':
      return hasRole(me, 'DATA_PROTECTION_OFFICER') ? { to: '/alarms' } : { to: '/capture/nodes' }
    case 'review':
      return id === undefined ? { to: '/reviews' } : { to: '/reviews/$month', params: { month: id } }
    case 'log-broken':
      return { to: '/log' }
    case 'promise':
      return { to: '/description' }
    case 'unreconciled':
    case 'feed':
      return { to: '/reconciliation' }
    case 'obstacle':
      return { to: '/retention' }
    case 'blocker':
      return { to: '/capture/nodes' }
  }
}

const hourMs = 3_600_000

/** Returns a length in its largest unit, for ages and deadlines: `3 days`, `5 hours`, `12 minutes`. */
export function roughText(ms: number, t: Translate): string {
  const whole = Math.max(0, ms)
  if (whole >= 24 * hourMs) return t('shell.time.days', { count: Math.floor(whole / (24 * hourMs)) })
  if (whole >= hourMs) return t('shell.time.hours', { count: Math.floor(whole / hourMs) })
  return t('shell.time.minutes', { count: Math.floor(whole / 60_000) })
}
