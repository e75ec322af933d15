import { useLanguage } from '../language/use-words.ts'
import type { AnonymisedCopy } from './copy-shapes.ts'
import { HearResult } from './hear-result.tsx'
import { PrivacyReportPanel } from './privacy-report.tsx'

/** The finished copy for its preparer: player and privacy report. */
export function Result({ copy, onHeard }: { copy: AnonymisedCopy; onHeard: () => void }) {
  const { say } = useLanguage()
  return (
    <div className="check-columns">
      <section className="panel stack" aria-labelledby="result">
        <h2 id="result">{say('anonymisation.result')}</h2>
        <p>{say('anonymisation.result.hint')}</p>
        <HearResult copy={copy} onHeard={onHeard} />
      </section>
      <PrivacyReportPanel copy={copy} />
    </div>
  )
}
