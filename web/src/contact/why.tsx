import type { SegmentDetail } from '../api/shapes.ts'
import { formatDraw, formatShare } from '../format/number.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { Fact } from './facts.tsx'

const knownReasons = [
  'drawn',
  'not-drawn',
  'switchboard',
  'forwarded',
  'unknown-number',
  'no-rule',
  'rule-ended',
  'no-official',
  'not-registered',
]

/** Why the call was recorded, or was not, in plain words, with the rule and the draw beside them (R14). */
export function Why({ decision, isOngoing }: { decision: SegmentDetail['decision']; isOngoing: boolean }) {
  const { say, language } = useLanguage()
  const values = {
    share: decision.share == null ? '' : formatShare(decision.share, language),
    draw: decision.draw == null ? '' : formatDraw(decision.draw, language),
  }
  const isDrawn = decision.reason === 'drawn' || decision.reason === 'not-drawn'
  const reason = knownReasons.includes(decision.reason) ? decision.reason : 'other'
  const sentence =
    isDrawn && decision.share === 1 ? 'all' : isDrawn && decision.draw == null ? `${reason}.plain` : reason
  const title = decision.record ? 'why.title.yes' : 'why.title.no'
  return (
    <div className="why">
      <h3>{say(isOngoing ? `${title}.ongoing` : title)}</h3>
      <p>{say(`why.${sentence}` as Word, values)}</p>
      {decision.ruleId && (
        <dl className="facts facts-small">
          <Fact label={say('why.rule')}>
            {decision.ruleId}
            {decision.ruleVersion != null && `, ${say('why.version', { version: decision.ruleVersion })}`}
          </Fact>
          {decision.share != null && <Fact label={say('why.share')}>{values.share}</Fact>}
          {decision.draw != null && <Fact label={say('why.draw')}>{values.draw}</Fact>}
        </dl>
      )}
    </div>
  )
}
