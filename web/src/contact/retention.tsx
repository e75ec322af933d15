import type { Recording, UnderPurpose } from '../api/shapes.ts'
import { causeOf } from '../contacts/recording-badge.tsx'
import { serverNowMs } from '../api/server-time.ts'
import { formatDate, formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { useDestruction } from '../retention/use-destruction.ts'
import { DestructionProof } from './destruction-proof.tsx'
import { Fact } from './facts.tsx'

/** Retention end and destruction date of the recording, each with its reason (R23, R24). */
export function Retention({
  recording,
  under,
  mayCertify,
}: {
  recording: Recording
  under: UnderPurpose
  /** May get the certificate of a destruction. */
  mayCertify: boolean
}) {
  const { t, language } = useLanguage()
  if (recording.state === 'none') return null
  if (recording.state === 'destroyed' || recording.state === 'expired')
    return <Ended recording={recording} under={under} mayCertify={mayCertify} />
  const isYoung = recording.keepUntil != null && Date.parse(recording.keepUntil) > serverNowMs()
  const isFixed = recording.keepUntil === recording.destroyAt
  return (
    <div>
      <h3>{t('contact.keeping.title')}</h3>
      <p>{t(isYoung ? 'contact.keeping.young' : 'contact.keeping.old')}</p>
      <dl className="facts facts-small">
        {recording.keepUntil && !isFixed && (
          <Fact label={t('contact.keeping.notBefore')}>{formatInstant(recording.keepUntil, language)}</Fact>
        )}
        {recording.destroyAt && (
          <Fact label={t(isFixed ? 'contact.keeping.at' : 'contact.keeping.by')}>
            {formatInstant(recording.destroyAt, language)}
          </Fact>
        )}
      </dl>
    </div>
  )
}

/** Shows when and why the recording was destroyed; while its copies are still being destroyed, shows that. */
function Ended({ recording, under, mayCertify }: { recording: Recording; under: UnderPurpose; mayCertify: boolean }) {
  const { t, language } = useLanguage()
  const destruction = useDestruction(recording.id, under)
  const isOnItsWay = destruction?.state === 'destroying'
  return (
    <div>
      <h3>{t('contact.keeping.destroyed.title')}</h3>
      <p>{t(isOnItsWay ? 'contact.destruction.destroying' : 'contact.keeping.destroyed')}</p>
      <dl className="facts facts-small">
        {recording.destroyedAt && !isOnItsWay && (
          <Fact label={t('contact.keeping.destroyedAt')}>
            {(recording.cause === 'retention' ? formatDate : formatInstant)(recording.destroyedAt, language)}
          </Fact>
        )}
        <Fact label={t('contact.keeping.cause')}>{causeOf(recording, t) ?? t('contact.cause.other')}</Fact>
      </dl>
      {recording.id && destruction && (
        <DestructionProof
          recordingId={recording.id}
          destruction={destruction}
          reference={under.reference}
          mayCertify={mayCertify}
        />
      )}
    </div>
  )
}
