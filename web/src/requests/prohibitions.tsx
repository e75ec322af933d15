import type { MatchedContact, RequestCall, RequestDetail, UnderPurpose } from '../api/shapes.ts'
import { DestructionProof } from '../contact/destruction-proof.tsx'
import { Forbid, forbiddenText } from '../contact/forbid.tsx'
import { Notice } from '../controls/notice.tsx'
import { useLanguage } from '../language/use-words.ts'
import { useDestruction } from '../retention/use-destruction.ts'
import { CallTitle } from './call-card.tsx'
import { StepSection } from './step-section.tsx'
import { isProhibitionRequest, stateOf, type Done } from './steps.ts'

type Part = MatchedContact['segments'][number]

/** Forbids the use of a recording for its party: one question, no reason, no refusal (R49). */
export function Prohibitions({
  request,
  under,
  onDone,
}: {
  request: RequestDetail
  under: UnderPurpose
  onDone: Done
}) {
  const { t } = useLanguage()
  const matched = request.calls.filter(({ contact }) => contact !== undefined)
  return (
    <StepSection
      step="prohibition"
      state={stateOf('prohibition', request)}
      summary={isProhibitionRequest(request.kinds) ? undefined : t('requests.prohibition.optional')}
    >
      <p className="request-note">
        {t(matched.length > 0 ? 'requests.prohibition.what' : 'requests.prohibition.first')}
      </p>
      {matched.map((call) => (
        <CallProhibitions key={call.id} request={request} call={call} under={under} onDone={onDone} />
      ))}
    </StepSection>
  )
}

function CallProhibitions({
  request,
  call,
  under,
  onDone,
}: {
  request: RequestDetail
  call: RequestCall
  under: UnderPurpose
  onDone: Done
}) {
  const { t } = useLanguage()
  const parts = call.contact?.segments ?? []
  const recorded = parts.filter(({ recording }) => recording.id !== undefined)
  const title = `prohibition-${call.id}`
  return (
    <div className="stack request-call">
      <h3 id={title} tabIndex={-1}>
        <CallTitle call={call} />
      </h3>
      {recorded.length === 0 && <p className="muted">{t('requests.prohibition.nothing')}</p>}
      {recorded.map((part) => (
        <RecordingProhibition
          key={part.id}
          part={part}
          withName={recorded.length > 1}
          request={request}
          under={under}
          onForbidden={() => onDone(t('my-calls.forbid.blocked'), title)}
        />
      ))}
    </div>
  )
}

function RecordingProhibition({
  part,
  withName,
  request,
  under,
  onForbidden,
}: {
  part: Part
  withName: boolean
  request: RequestDetail
  under: UnderPurpose
  onForbidden: () => Promise<void>
}) {
  const { t, language } = useLanguage()
  const { recording, prohibitions } = part
  const isGone = recording.state === 'destroyed' || recording.state === 'expired'
  const isUnheard = request.kinds.includes('LISTEN') && !request.appointments.some(({ state }) => state === 'HEARD')
  const isCopyRequested =
    request.kinds.includes('COPY') &&
    !request.copies.some(({ recordingId, state }) => recordingId === recording.id && state === 'taken')
  const [prohibition] = prohibitions
  const destruction = useDestruction(isGone || prohibition ? recording.id : undefined, under)
  const destroyedAt = destruction?.state === 'destroyed' ? destruction.destroyedAt : undefined
  const now = prohibition && {
    ...prohibition,
    ...(destroyedAt && { state: 'executed' as const, executedAt: destroyedAt }),
  }
  const wasForbidden = recording.cause === 'caller' || recording.cause === 'official' || prohibition !== undefined
  if (!recording.id) return null
  return (
    <div className="stack-small">
      {withName && part.official && <h4 className="small-heading">{part.official.name}</h4>}
      {now && <Notice kind={now.state === 'waiting' ? 'info' : 'success'}>{forbiddenText(now, t, language)}</Notice>}
      {!now && isGone && (
        <p className="muted">
          {t(recording.state === 'expired' ? 'contact.recording.sentence.expired' : 'requests.prohibition.gone')}
        </p>
      )}
      {!now && !isGone && !request.closed && (
        <Forbid
          recordingId={recording.id}
          by="service-unit"
          served={{
            party: request.party === 'OFFICIAL' ? 'OFFICIAL' : 'CALLER',
            channel: request.channel,
            reference: request.number,
          }}
          isRestricted={recording.state === 'restricted'}
          isUnheard={isUnheard}
          isCopyRequested={isCopyRequested}
          onForbidden={() => void onForbidden()}
        />
      )}
      {destruction && wasForbidden && (
        <DestructionProof
          recordingId={recording.id}
          destruction={destruction}
          reference={request.number}
          mayCertify={!request.closed}
        />
      )}
    </div>
  )
}
