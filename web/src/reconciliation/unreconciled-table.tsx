import { Link } from '@tanstack/react-router'
import { Checkbox } from 'react-aria-components'
import { Check } from 'lucide-react'
import { Table } from '../controls/table.tsx'
import { WideTable } from '../controls/wide-table.tsx'
import { formatInstant, formatSpan } from '../format/instant.ts'
import { formatPhone } from '../format/phone.ts'
import { useLanguage } from '../language/use-words.ts'
import { hasRole } from '../session/rights.ts'
import { useMe } from '../session/use-presence.ts'
import { reasons, type Kind, type Unreconciled } from './reconciliation-shapes.ts'

/** Call parts without a counterpart: time, number, known reason, and explanation. */
export function UnreconciledTable({
  items,
  kind,
  selected,
  onSelect,
}: {
  items: readonly Unreconciled[]
  kind: Kind
  /** Undefined if the viewer may not explain. */
  selected: ReadonlySet<string> | undefined
  onSelect: (id: string, isSelected: boolean) => void
}) {
  const { t, language, named } = useLanguage()
  const mayOpenCalls = hasRole(useMe(), 'MAINTENANCE')
  const isExplained = items.some(({ explained }) => explained)
  const instant = (at: string) => formatInstant(at, language)
  return (
    <WideTable aria-labelledby="reconciliation-calls">
      <Table
        rows={items}
        keyOf={({ segmentId }) => segmentId}
        columns={[
          selected !== undefined && {
            head: t('reconciliation.selected'),
            cell: (item) =>
              !item.explained && (
                <Checkbox
                  className="check"
                  isSelected={selected.has(item.segmentId)}
                  onChange={(isSelected) => onSelect(item.segmentId, isSelected)}
                  aria-label={t('reconciliation.select', { time: instant(item.answeredAt) })}
                >
                  <span className="check-box" aria-hidden="true">
                    <Check size={16} />
                  </span>
                </Checkbox>
              ),
          },
          {
            head: t('reconciliation.answeredAt'),
            cell: (item) => (
              <>
                {item.endedAt ? formatSpan(item.answeredAt, item.endedAt, language) : instant(item.answeredAt)}
                {mayOpenCalls && (
                  <span className="second">
                    <Link to="/contacts/$id" params={{ id: item.contactId }}>
                      {t('reconciliation.open')}
                    </Link>
                  </span>
                )}
              </>
            ),
            className: 'nowrap',
          },
          {
            head: t('contacts.field.number'),
            cell: ({ number, numberName }) => (
              <>
                <span className="nowrap">{formatPhone(number)}</span>
                {numberName && <span className="second">{named(numberName)}</span>}
              </>
            ),
          },
          { head: t('reconciliation.feed'), cell: ({ feed }) => feed, className: 'breaking' },
          { head: t(`reconciliation.at.${kind}`), cell: ({ at }) => instant(at), className: 'nowrap' },
          kind === 'unrecorded' && {
            head: t('reconciliation.why'),
            cell: ({ why, others }) => (
              <>
                {t(`reconciliation.why.${reasons.find((one) => one === why) ?? 'unknown'}`)}
                {why === 'no-session' && (
                  <span className="second">{t(`reconciliation.others.${others ? 'yes' : 'no'}`)}</span>
                )}
              </>
            ),
          },
          isExplained && {
            head: t('reconciliation.explain.note'),
            cell: ({ explained }) =>
              explained ? (
                <>
                  {explained.note}
                  <span className="second">
                    {t('reconciliation.by.whom', { name: explained.by, time: instant(explained.at) })}
                  </span>
                </>
              ) : (
                '–'
              ),
          },
        ]}
      />
    </WideTable>
  )
}
