import { Link } from '@tanstack/react-router'
import { Checkbox } from 'react-aria-components'
import { Check } from 'lucide-react'
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
      <table className="table">
        <thead>
          <tr>
            {selected && <th scope="col">{t('reconciliation.selected')}</th>}
            <th scope="col">{t('reconciliation.answeredAt')}</th>
            <th scope="col">{t('contacts.field.number')}</th>
            <th scope="col">{t('reconciliation.feed')}</th>
            <th scope="col">{t(`reconciliation.at.${kind}`)}</th>
            {kind === 'unrecorded' && <th scope="col">{t('reconciliation.why')}</th>}
            {isExplained && <th scope="col">{t('reconciliation.explain.note')}</th>}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.segmentId}>
              {selected && (
                <td>
                  {!item.explained && (
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
                  )}
                </td>
              )}
              <td className="nowrap">
                {item.endedAt ? formatSpan(item.answeredAt, item.endedAt, language) : instant(item.answeredAt)}
                {mayOpenCalls && (
                  <span className="second">
                    <Link to="/contacts/$id" params={{ id: item.contactId }}>
                      {t('reconciliation.open')}
                    </Link>
                  </span>
                )}
              </td>
              <td>
                <span className="nowrap">{formatPhone(item.number)}</span>
                {item.numberName && <span className="second">{named(item.numberName)}</span>}
              </td>
              <td className="breaking">{item.feed}</td>
              <td className="nowrap">{instant(item.at)}</td>
              {kind === 'unrecorded' && (
                <td>
                  {t(`reconciliation.why.${reasons.find((one) => one === item.why) ?? 'unknown'}`)}
                  {item.why === 'no-session' && (
                    <span className="second">{t(`reconciliation.others.${item.others ? 'yes' : 'no'}`)}</span>
                  )}
                </td>
              )}
              {isExplained && (
                <td>
                  {item.explained ? (
                    <>
                      {item.explained.note}
                      <span className="second">
                        {t('reconciliation.by.whom', { name: item.explained.by, time: instant(item.explained.at) })}
                      </span>
                    </>
                  ) : (
                    '–'
                  )}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  )
}
