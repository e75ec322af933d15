import { Link } from '@tanstack/react-router'
import type { MatchedContact, RequestCall, RequestDetail } from '../api/shapes.ts'
import { Fact } from '../contact/facts.tsx'
import { causeOf, RecordingBadge, destroyedText } from '../contacts/recording-badge.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatDate, formatInstant, formatTime } from '../format/instant.ts'
import { formatPhone } from '../format/phone.ts'
import { useLanguage, type Translate } from '../language/use-words.ts'
import type { Language } from '../language/language.ts'

type Part = MatchedContact['segments'][number]

/** A matched call: the five fields of the history, whether it was recorded, and its retention. */
export function MatchedCall({ request, call }: { request: RequestDetail; call: RequestCall }) {
  const { t, language, named } = useLanguage()
  const { contact, otherRequests, verifiedBy } = call
  if (!contact) return <p>{t(request.closed ? 'requests.call.what.closed' : 'requests.call.what.gone')}</p>
  return (
    <>
      <p className="request-answer">{answerText(contact, t, language)}</p>
      <dl className="facts">
        <Fact label={t('contacts.field.start')}>{formatInstant(contact.startedAt, language, 'seconds')}</Fact>
        <Fact label={t('contacts.field.end')}>
          {contact.endedAt ? formatInstant(contact.endedAt, language, 'seconds') : t('contacts.field.end.ongoing')}
        </Fact>
        <Fact label={t('contacts.field.caller')}>
          {contact.caller.number ? (
            <span className="number">{contact.caller.number}</span>
          ) : (
            <span className="withheld">{t('contacts.caller.withheld')}</span>
          )}
        </Fact>
        <Fact label={t('contacts.field.number')}>
          <span className="number">{formatPhone(contact.number)}</span>
          {contact.numberName && <span className="second">{named(contact.numberName)}</span>}
        </Fact>
        {verifiedBy && <Fact label={t('requests.call.verifiedBy')}>{verifiedBy.name}</Fact>}
      </dl>
      <ul className="request-parts">
        {contact.segments.map((part) => (
          <li key={part.id}>
            <PartOfCall part={part} isOngoing={!contact.endedAt} />
          </li>
        ))}
      </ul>
      {otherRequests.length > 0 && (
        <Notice kind="info">{t('requests.call.others', { numbers: otherRequests.join(', ') })}</Notice>
      )}
      {!request.closed && (
        <p>
          <Link to="/contacts/$id" params={{ id: contact.id }}>
            {t('requests.call.open')}
          </Link>
        </p>
      )}
    </>
  )
}

function PartOfCall({ part, isOngoing }: { part: Part; isOngoing: boolean }) {
  const { t, language } = useLanguage()
  const { official, answeredAt, endedAt, recording } = part
  return (
    <>
      <span className="request-part-who">
        <span className="label">{t('contacts.field.official')}: </span>
        {official ? `${official.name}, ${formatPhone(official.phone)}` : t('contacts.official.none')}
        {answeredAt && (
          <span className="second">
            {formatTime(answeredAt, language, 'seconds')}
            {endedAt && `–${formatTime(endedAt, language, 'seconds')}`}
          </span>
        )}
      </span>
      <RecordingBadge recording={recording} isOngoing={isOngoing} />
    </>
  )
}

/** Returns the answer about the call in one sentence: recorded, not recorded, or destroyed on a day for a cause (R42). */
function answerText({ segments }: MatchedContact, t: Translate, language: Language): string {
  const recordings = segments.map(({ recording }) => recording)
  const kept = recordings.find(({ state }) => state === 'available' || state === 'restricted' || state === 'capturing')
  if (kept) {
    const until = kept.destroyAt && t('contact.recording.destroyBy', { date: formatDate(kept.destroyAt, language) })
    return [t('contact.recording.sentence.available'), until && `${until}.`].filter(Boolean).join(' ')
  }
  const gone = recordings.find(({ state }) => state === 'destroyed')
  if (!gone && recordings.some(({ state }) => state === 'expired')) return t('contact.recording.sentence.expired')
  if (!gone) return t('contact.recording.sentence.none')
  const cause = causeOf(gone, t)
  return [destroyedText(gone, t, language), cause && `${cause}.`].filter(Boolean).join(' ')
}
