import { CircleCheck, TriangleAlert } from 'lucide-react'
import { $api } from '../api/client.ts'
import { Loaded } from '../controls/loaded.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'

const promise = 'recording.as-drawn'

/** Proof that exactly the drawn calls were recorded: every draw is recomputed (R14, R15). */
export function DrawProof() {
  const { t, language, named } = useLanguage()
  const query = $api.useQuery('get', '/api/evidence')
  const { data } = query
  const proof = data?.items.find((one) => one.promise === promise)
  const Icon = proof?.holds ? CircleCheck : TriangleAlert
  return (
    <section aria-labelledby="plan-proof" className="plan-section">
      <h2 id="plan-proof">{t('plan.proof')}</h2>
      <div className={`panel proof ${proof ? (proof.holds ? 'proof-holds' : 'proof-broken') : ''}`}>
        <Loaded query={query} lines={2} />
        {data && !proof && <p>{t('plan.proof.none')}</p>}
        {proof && (
          <>
            <p className="proof-outcome">
              <Icon aria-hidden="true" size={22} />
              <strong>{t(proof.holds ? 'plan.proof.holds' : 'plan.proof.broken')}</strong>
            </p>
            <p>{named(proof.text)}</p>
            <p className="muted">
              {t('plan.proof.checked', { time: formatInstant(proof.checkedAt, language) })}
              {proof.brokenSince && ` ${t('plan.proof.since', { time: formatInstant(proof.brokenSince, language) })}`}
            </p>
            <details className="proof-how">
              <summary>{t('plan.proof.how')}</summary>
              <p>{t('plan.proof.how.text')}</p>
              <p lang="en">{proof.rule}</p>
              <p lang="en" className="proof-test">
                {proof.test}
              </p>
            </details>
          </>
        )}
      </div>
    </section>
  )
}
