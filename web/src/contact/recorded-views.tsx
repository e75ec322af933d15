import type { SegmentDetail } from '../api/shapes.ts'
import { WideTable } from '../controls/wide-table.tsx'
import { formatLength } from '../format/duration.ts'
import { formatInstant } from '../format/instant.ts'
import { useLanguage, type Word } from '../language/use-words.ts'

/** Lists who listened to the recording: by role and purpose, never by name. */
export function RecordedViews({ looks, segmentId }: { looks: SegmentDetail['looks']; segmentId: string }) {
  const { t, language } = useLanguage()
  const title = `looks-${segmentId}`
  return (
    <div className="recorded-views">
      <h3 id={title}>{t('contact.looks.title')}</h3>
      {looks.length === 0 ? (
        <p className="muted">{t('contact.looks.none')}</p>
      ) : (
        <WideTable aria-labelledby={title}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t('contact.looks.at')}</th>
                <th scope="col">{t('contact.looks.role')}</th>
                <th scope="col">{t('session.purpose.label')}</th>
                <th scope="col" className="numeric">
                  {t('contact.looks.played')}
                </th>
              </tr>
            </thead>
            <tbody>
              {looks.map((look) => (
                <tr key={look.at + look.role}>
                  <td className="nowrap">{formatInstant(look.at, language)}</td>
                  <td>{t(`rights.role.${look.role}` as Word)}</td>
                  <td>{t(`session.purpose.${look.purpose}` as Word)}</td>
                  <td className="numeric nowrap">{look.playedMs == null ? '–' : formatLength(look.playedMs)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </WideTable>
      )}
    </div>
  )
}
