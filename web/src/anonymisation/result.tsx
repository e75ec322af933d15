import { useLanguage } from '../language/use-words.ts'
import type { AnonymisedCopy } from './copy-shapes.ts'
import { PlayResult } from './play-result.tsx'
import { PrivacyReportPanel } from './privacy-report.tsx'

/** The finished copy for its preparer: player and privacy report. */
export function Result({ copy, onPlayed }: { copy: AnonymisedCopy; onPlayed: () => void }) {
  const { t } = useLanguage()
  return (
    <div className="check-columns">
      <section className="panel stack" aria-labelledby="result">
        <h2 id="result">{t('anonymisation.result')}</h2>
        <p>{t('anonymisation.result.hint')}</p>
        <PlayResult copy={copy} onPlayed={onPlayed} />
      </section>
      <PrivacyReportPanel copy={copy} />
    </div>
  )
}
