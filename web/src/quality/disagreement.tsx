import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import type { Evaluation } from './quality-shapes.ts'

/** Objection of the official, and the reply. */
export function Disagreement({
  disagreedAt,
  disagreement,
  answeredAt,
  answerOutcome,
  answer,
}: Pick<Evaluation, 'disagreedAt' | 'disagreement' | 'answeredAt' | 'answerOutcome' | 'answer'>) {
  const { t, language } = useLanguage()
  if (!disagreedAt) return null
  return (
    <section className="panel stack-small" aria-labelledby="quality-disagreement">
      <h2 id="quality-disagreement">{t('quality.disagreement')}</h2>
      <p className="quality-words">{disagreement}</p>
      <p className="second">{formatInstant(disagreedAt, language)}</p>
      {answeredAt && answerOutcome && (
        <>
          <h3>{t(`quality.answered.${answerOutcome}`)}</h3>
          <p className="quality-words">{answer}</p>
          <p className="second">{formatInstant(answeredAt, language)}</p>
        </>
      )}
      {!answeredAt && <p>{t('quality.answer.waits')}</p>}
    </section>
  )
}
