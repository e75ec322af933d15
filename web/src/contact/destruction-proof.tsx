import { FileText } from 'lucide-react'
import type { UnderPurpose } from '../api/shapes.ts'
import { formatCount } from '../format/number.ts'
import { formatInstant } from '../format/instant.ts'
import { languageNames, languages } from '../language/language.ts'
import { useLanguage } from '../language/use-words.ts'
import { ReachedPlaces } from '../retention/ledger.tsx'
import { useDestruction } from '../retention/use-destruction.ts'
import { Fact } from './facts.tsx'

/** The proof of a recording's end: its entry in the ledger, the places it reached, and the certificate for who asked. */
export function DestructionProof({
  recordingId,
  under,
  mayCertify,
}: {
  recordingId: string
  under: UnderPurpose
  /** A party of the call, or the Service Unit for one. */
  mayCertify: boolean
}) {
  const { say, language } = useLanguage()
  const data = useDestruction(recordingId, under)
  if (!data || data.state === 'held') return null
  const reference = under.reference === undefined ? '' : `&reference=${encodeURIComponent(under.reference)}`
  return (
    <>
      {data.state === 'destroying' && <p>{say('destruction.destroying')}</p>}
      {data.entry && (
        <dl className="facts facts-small">
          <Fact label={say('destruction.entry')}>
            {say('destruction.entry.at', {
              seq: formatCount(data.entry.seq, language),
              time: formatInstant(data.entry.at, language),
            })}
          </Fact>
          <Fact label={say('ledger.places')}>
            <ReachedPlaces places={data.entry.places} />
          </Fact>
        </dl>
      )}
      {data.entry && mayCertify && (
        <div className="certificate">
          <p>{say('destruction.certificate')}</p>
          <ul className="number-list plain-list">
            {languages.map((one) => (
              <li key={one}>
                <a
                  className="link-with-icon"
                  href={`/api/recordings/${recordingId}/certificate?language=${one}${reference}`}
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
