import { Link } from '@tanstack/react-router'
import type { Me } from '../api/shapes.ts'
import { Notice, type NoticeKind } from '../controls/notice.tsx'
import { useLanguage, type Word } from '../language/use-words.ts'
import { decides, isSecurity, prepares, type ResearchSummary } from './disclosure-shapes.ts'
import { usePendingDisclosures } from './pending-disclosures.tsx'
import { useAuthorityList, useResearchList } from './use-disclosures.ts'

interface Waits {
  kind: NoticeKind
  text: string
  /** Disclosures listed by name. */
  those?: readonly Named[]
}

/** A disclosure, or one of its items. */
interface Named {
  disclosure: ResearchSummary
  item?: number
}

/**
 * Returns what waits for this person: overdue copies first and urgent, an authority's recording that ends soon, their own
 * rejected copies, copies to check, decisions. Nothing for overseers.
 */
export function useDisclosuresWaiting(me: Me | undefined): Waits[] {
  const { t } = useLanguage()
  const works = me !== undefined && (prepares(me) || decides(me)) ? me : undefined
  const research = useResearchList(works).data?.items ?? []
  const knows = me !== undefined && (isSecurity(me) || decides(me)) ? me : undefined
  const authority = useAuthorityList(knows).data?.items ?? []
  const pending = new Set(usePendingDisclosures(me).data?.items.map(({ disclosure }) => disclosure.id)).size
  if (!me) return []
  const counted = (kind: NoticeKind, word: Word, count: number) =>
    count > 0 ? [{ kind, text: t(word, { count }) }] : []
  const late = research.filter(({ isOverdue }) => isOverdue)
  const sentBack = research.flatMap((disclosure) => disclosure.sentBack.map((item) => ({ disclosure, item })))
  const isTheirs = ({ preparedBy }: (typeof research)[number]) => preparedBy.id === me.personId
  return [
    ...counted('error', 'disclosures.overdue', late.length).map((one) => ({
      ...one,
      those: late.map((disclosure) => ({ disclosure })),
    })),
    ...counted('warning', 'disclosures.pending.waiting', pending),
    ...counted('warning', 'disclosures.urgent', authority.filter(({ urgentAt }) => urgentAt).length),
    ...counted('warning', 'disclosures.waiting.sentBack', sentBack.length).map((one) => ({ ...one, those: sentBack })),
    ...counted(
      'info',
      'disclosures.waiting.check',
      prepares(me) ? research.filter(({ toCheck }) => toCheck.length > 0).length : 0,
    ),
    ...counted(
      'info',
      'disclosures.waiting.assess',
      isSecurity(me) ? authority.filter(({ state }) => state === 'REQUEST').length : 0,
    ),
    ...counted(
      'info',
      'disclosures.waiting.decide',
      decides(me)
        ? research.filter((one) => one.state === 'UNDERTAKING' && !isTheirs(one)).length +
            authority.filter(({ state }) => state === 'ASSESSED').length
        : 0,
    ),
    ...counted(
      'info',
      'disclosures.waiting.release',
      decides(me) ? [...research, ...authority].filter(({ state }) => state === 'DECIDED').length : 0,
    ),
  ]
}

export function DisclosuresWaiting({ waiting }: { waiting: readonly Waits[] }) {
  const { t } = useLanguage()
  return waiting.map(({ kind, text, those }) =>
    those ? (
      <Notice key={text} kind={kind} title={text}>
        <ul className="disclosure-missing">
          {those.map(({ disclosure: { id, number, institute, study }, item }) => (
            <li key={`${id} ${item ?? ''}`}>
              {item === undefined ? (
                <Link to="/disclosures/research/$id" params={{ id }}>
                  {number}
                </Link>
              ) : (
                <Link to="/disclosures/research/$id/items/$item" params={{ id, item: String(item) }}>
                  {t('disclosures.item.of', { number, item })}
                </Link>
              )}{' '}
              {institute.name}: {study}
            </li>
          ))}
        </ul>
      </Notice>
    ) : (
      <Notice key={text} kind={kind}>
        <p>
          {text} <Link to="/disclosures">{t('disclosures.title')}</Link>
        </p>
      </Notice>
    ),
  )
}
