import { FileText } from 'lucide-react'
import { formatCount } from '../format/number.ts'
import { formatInstant } from '../format/instant.ts'
import { languageNames, languages } from '../language/language.ts'
import { useLanguage } from '../language/use-words.ts'
import { ReachedPlaces } from '../retention/ledger.tsx'
import type { Destruction } from '../retention/retention-shapes.ts'
import { Fact } from './facts.tsx'

/** Proof of a destruction: ledger entry, places where copies were destroyed, and the certificate for the requester. */
export function DestructionProof({
  recordingId,
  destruction: { entry, certificate },
  reference,
  mayCertify,
}: {
  recordingId: string
  destruction: Destruction
  /** Reference of the request for which the certificate is made. */
  reference: string | undefined
  /** True for a party of the call, and for the Service Unit on a party's behalf. */
  mayCertify: boolean
}) {
  const { t, language } = useLanguage()
  if (!entry) {
    if (!certificate || !mayCertify) return null
    const { expectedAt } = certificate
    return (
      <p className="muted">
        {expectedAt
          ? t('contact.destruction.certificate.expected', { time: formatInstant(expectedAt, language) })
          : t('contact.destruction.certificate.later')}
      </p>
    )
  }
  const referenceParameter = reference === undefined ? '' : `&reference=${encodeURIComponent(reference)}`
  return (
    <>
      <dl className="facts facts-small">
        <Fact label={t('contact.destruction.entry')}>
          {t('contact.destruction.entry.at', {
            seq: formatCount(entry.seq, language),
            time: formatInstant(entry.at, language),
          })}
        </Fact>
        <Fact label={t('contact.destruction.copies')}>
          {entry.places.length > 0 ? <ReachedPlaces places={entry.places} /> : t('contact.destruction.copies.none')}
        </Fact>
      </dl>
      {mayCertify && (
        <div className="certificate">
          <p>{t('contact.destruction.certificate')}</p>
          <ul className="number-list plain-list">
            {languages.map((one) => (
              <li key={one}>
                <a
                  className="link-with-icon"
                  href={`/api/recordings/${recordingId}/certificate?language=${one}${referenceParameter}`}
                  target="_blank"
                  rel="noreferrer"
                  lang={one}
                >
                  <FileText aria-hidden="true" size={18} />
                  {languageNames[one]} (PDF)
                </a>
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  )
}
