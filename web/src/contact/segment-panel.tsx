import { lazy, Suspense, useState } from 'react'
import type { ContactDetail, Me, SegmentDetail, UnderPurpose } from '../api/shapes.ts'
import { causeOf, RecordingBadge, destroyedText } from '../contacts/recording-badge.tsx'
import { Notice } from '../controls/notice.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { preparesResearch } from '../disclosures/disclosure-shapes.ts'
import { PickForResearch } from '../disclosures/pick-for-research.tsx'
import { formatLength } from '../format/duration.ts'
import { formatDate, formatTime } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { formatPhone } from '../format/phone.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { EvaluateCall } from '../quality/evaluate-call.tsx'
import type { Prohibition } from '../retention/retention-shapes.ts'
import { ForbidAtRequest } from '../requests/forbid-at-request.tsx'
import { purposesOf } from '../session/rights.ts'
import { AddMoment } from '../training/add-moment.tsx'
import { trains } from '../training/training-shapes.ts'
import { Fact } from './facts.tsx'
import { Forbid, Forbidden } from './forbid.tsx'
import { ReceptionDetails, useReceptionWords } from './reception.tsx'
import { Retention } from './retention.tsx'
import { RecordedViews } from './recorded-views.tsx'
import { DecisionReason } from './decision-reason.tsx'

const Listen = lazy(async () => ({ default: (await import('../listening/listen.tsx')).Listen }))

/** One call segment: the official and times, the recording, why it was recorded, its retention, and its listenings. */
export function SegmentPanel({
  contact,
  segment,
  position,
  momentMs,
  me,
  under,
  onChanged,
}: {
  contact: ContactDetail
  segment: SegmentDetail
  position: number
  momentMs: number | undefined
  me: Me
  under: UnderPurpose
  /** Called when the contact must be fetched again: a listening started or ended, or the recording was forbidden. */
  onChanged: () => void
}) {
  const { t, language, named } = useLanguage()
  const { recording, official, mayForbid } = segment
  const [forbidden, setForbidden] = useState<Prohibition>()
  const receptionSentences = useReceptionWords(segment)
  // Restricted recordings are listened to only in the one case they are held for; the server decides whether this is that case.
  const isPlayedOnlyHere =
    recording.state === 'restricted' && (mayForbid === 'service-unit' || under.purpose === 'CRIME_OR_MISUSE')
  const title =
    contact.segments.length > 1
      ? t('contacts.segment.title.many', { position, total: contact.segments.length })
      : t('contacts.segment.title')
  const isOngoing = segment.endedAt == null
  const wasForwarded = segment.numberReached !== contact.number
  return (
    <section className="panel segment" aria-labelledby={`segment-${segment.id}`}>
      <div className="segment-head">
        <h2 id={`segment-${segment.id}`}>{title}</h2>
        <RecordingBadge recording={recording} isOngoing={isOngoing} />
      </div>
      <dl className="facts">
        <Fact label={t('contacts.field.official')}>
          {official ? (
            <>
              {official.name}
              <span className="second">{formatPhone(official.phone)}</span>
            </>
          ) : (
            <span className="muted">{t('contacts.official.none')}</span>
          )}
        </Fact>
        {segment.answeredAt && (
          <Fact label={t('contacts.segment.answered')}>{formatTime(segment.answeredAt, language, 'seconds')}</Fact>
        )}
        {segment.endedAt && (
          <Fact label={t('contacts.segment.ended')}>{formatTime(segment.endedAt, language, 'seconds')}</Fact>
        )}
        {segment.durationMs != null && (
          <Fact label={t('contacts.segment.length')}>{formatLength(segment.durationMs)}</Fact>
        )}
        {segment.imported && (
          <Fact label={t('contacts.segment.imported')}>
            {segment.imported.source}
            <span className="second">
              {t('contacts.segment.imported.at', { day: formatDate(segment.imported.at, language) })}
            </span>
          </Fact>
        )}
        {wasForwarded && (
          <Fact label={t('contacts.segment.reached')}>
            <span className="number">{formatPhone(segment.numberReached)}</span>
            {segment.numberReachedName && <span className="second">{named(segment.numberReachedName)}</span>}
          </Fact>
        )}
      </dl>
      {segment.marks.length + receptionSentences.length > 0 && (
        <Notice kind="warning" title={t('contact.marks.title')}>
          <ul>
            {segment.marks.map((mark) => (
              <li key={mark}>
                {t(`contact.mark.${mark}` as Word)}
                {mark === 'packets-lost' &&
                  segment.lostPackets != null &&
                  ` ${t('contact.mark.lost.count', { count: segment.lostPackets, packets: formatCount(segment.lostPackets, language) })}`}
              </li>
            ))}
            {receptionSentences.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </Notice>
      )}
      {forbidden && <Forbidden prohibition={forbidden} under={under} />}
      {isPlayedOnlyHere && <p className="no-audio">{t('contact.recording.sentence.restricted.case')}</p>}
      {recording.id && ((recording.state === 'available' && !forbidden) || isPlayedOnlyHere) ? (
        <Suspense fallback={<Waiting lines={3} />}>
          <Listen
            recordingId={recording.id}
            segmentId={segment.id}
            momentMs={momentMs}
            transferredTo={answeredNext(contact, position)}
            onChanged={onChanged}
          />
        </Suspense>
      ) : (
        // The result of a prohibition is shown above.
        !forbidden && (
          <p className="no-audio">
            {recording.state === 'destroyed'
              ? destroyedText(recording, t, language)
              : isOngoing && recording.state === 'none'
                ? t('contact.recording.sentence.none.ongoing')
                : t(`contact.recording.sentence.${recording.state}` as Word)}
            {recording.state === 'destroyed' && causeOf(recording, t) && ` ${causeOf(recording, t)}.`}
          </p>
        )
      )}
      <EvaluateCall recording={recording} me={me} under={under} />
      <div className="segment-columns">
        <DecisionReason decision={segment.decision} isOngoing={isOngoing} />
        <Retention
          recording={recording}
          under={under}
          mayCertify={mayForbid !== undefined && mayCertify(me, segment)}
        />
      </div>
      {mayForbid === 'service-unit' && recording.state === 'available' && <ForbidAtRequest under={under} />}
      {mayForbid === 'official' &&
        recording.id &&
        (recording.state === 'available' || recording.state === 'restricted' || recording.state === 'capturing') &&
        !forbidden && (
          <Forbid
            recordingId={recording.id}
            by={mayForbid}
            isRestricted={recording.state === 'restricted'}
            callerWishUntil={segment.callerWishUntil}
            onForbidden={(prohibition) => {
              setForbidden(prohibition)
              onChanged()
            }}
          />
        )}
      {recording.id &&
        recording.state === 'available' &&
        under.purpose === 'SERVICE_LEVEL_STUDY' &&
        preparesResearch(me) && <PickForResearch recordingIds={[recording.id]} me={me} under={under} />}
      {recording.id &&
        recording.state === 'available' &&
        segment.durationMs != null &&
        (under.purpose === 'TRAINING' || under.purpose === 'DEVELOPMENT') &&
        trains(me) && <AddMoment recordingId={recording.id} durationMs={segment.durationMs} />}
      <ReceptionDetails segment={segment} />
      {recording.state !== 'none' && <RecordedViews looks={segment.looks} segmentId={segment.id} />}
    </section>
  )
}

/** Returns the official of the next part of a transferred call. */
function answeredNext({ segments }: ContactDetail, position: number): string | undefined {
  return segments[position]?.official?.name
}

/** Returns true if the person may get the certificate of a forbidden recording: persons who inspect the call. */
function mayCertify(me: Me, { recording }: SegmentDetail): boolean {
  const wasForbidden = recording.cause === 'caller' || recording.cause === 'official'
  return wasForbidden && purposesOf(me).some(({ purpose }) => purpose === 'INSPECTION')
}
