import { useState } from 'react'
import { $api } from '../api/client.ts'
import type { LetterKind, RequestDetail } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { Choice } from '../controls/choice.tsx'
import { Failure } from '../controls/failure.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { Step } from '../controls/step.tsx'
import { useLanguage } from '../language/use-words.ts'
import { StepSection } from '../requests/step-section.tsx'
import { headingOf, stateOf } from '../requests/steps.ts'
import { announce } from '../shell/announce.tsx'
import { LetterRow } from './letter-row.tsx'
import { deliveriesTo, groundsOf, otherKinds, sortLetters, lettersDue, type RefusalGround } from './letter-shapes.ts'

/** Letters of a request: to make now, to send, and sent, with channel (R42, R45). */
export function Letters({ request, onChanged }: { request: RequestDetail; onChanged: () => void }) {
  const { t } = useLanguage()
  const make = $api.useMutation('post', '/api/requests/{id}/letters')
  const [making, setMaking] = useState<LetterKind>()
  const wanted = lettersDue(request)
  const refreshAndAnnounce = (text: string) => {
    onChanged()
    announce(text)
    focusHeading(headingOf.letters)
  }
  const draft = async (kind: LetterKind, ground?: RefusalGround) => {
    setMaking(kind)
    const done = await make
      .mutateAsync({ params: { path: { id: request.id } }, body: { kind, ...(ground && { ground }) } })
      .then(
        () => true,
        () => false,
      )
    setMaking(undefined)
    if (done) refreshAndAnnounce(t('letters.made', { kind: t(`letters.kind.${kind}`) }))
    return done
  }
  return (
    <StepSection
      step="letters"
      state={stateOf('letters', request)}
      summary={
        request.letters.length > 0 && (
          <ul className="plain-list">
            {sortLetters(request.letters).map(({ id, kind, delivered, isStale }) => (
              <li key={id}>
                {t(`letters.kind.${kind}`)}:{' '}
                {t(delivered ? 'letters.sent' : isStale ? 'letters.stale' : 'letters.waits')}
              </li>
            ))}
          </ul>
        )
      }
    >
      <div className="stack-small">
        {wanted.length > 0 && (
          <>
            <p>{t('letters.wanted')}</p>
            <div className="actions">
              {wanted.map((kind) => (
                <Button key={kind} kind="secondary" isBusy={making === kind} onPress={() => void draft(kind)}>
                  {t('letters.make.one', { kind: t(`letters.kind.${kind}`) })}
                </Button>
              ))}
            </div>
          </>
        )}
        {make.error != null && <Failure error={make.error} />}
        {request.letters.length === 0 && wanted.length === 0 && <p className="muted">{t('letters.here.none')}</p>}
        {request.letters.length > 0 && (
          <ul className="plain-list letters">
            {sortLetters(request.letters).map((letter) => (
              <LetterRow
                key={letter.id}
                letter={letter}
                deliveries={deliveriesTo(request)}
                onChanged={refreshAndAnnounce}
                isDrafting={making === letter.kind}
                onDraftAgain={() => void draft(letter.kind)}
              />
            ))}
          </ul>
        )}
        {!request.closed && (
          <DraftOtherLetter
            kinds={otherKinds(request, wanted)}
            grounds={groundsOf(request)}
            isBusy={making !== undefined}
            error={make.error}
            onMake={draft}
          />
        )}
      </div>
    </StepSection>
  )
}

/** Makes a letter that does not follow from the acts, by the writer's choice. */
function DraftOtherLetter({
  kinds,
  grounds,
  isBusy,
  error,
  onMake,
}: {
  kinds: readonly LetterKind[]
  /** Grounds of a refusal. */
  grounds: readonly RefusalGround[]
  isBusy: boolean
  error: unknown
  onMake: (kind: LetterKind, ground?: RefusalGround) => Promise<boolean>
}) {
  const { t } = useLanguage()
  const [kind, setKind] = useState<LetterKind>('received')
  const [ground, setGround] = useState<RefusalGround>()
  const chosen = kinds.includes(kind) ? kind : kinds[0]
  if (!chosen) return null
  const reason = chosen !== 'refusal' ? undefined : ground && grounds.includes(ground) ? ground : grounds[0]
  return (
    <div className="actions actions-forms">
      <Step
        open={t('letters.other')}
        submit={t('letters.other.do')}
        isBusy={isBusy}
        error={error}
        onSubmit={() => onMake(chosen, reason)}
      >
        <Choice
          label={t('letters.kind')}
          options={kinds.map((value) => ({ value, label: t(`letters.kind.${value}`) }))}
          value={chosen}
          onChange={(value) => setKind(value as LetterKind)}
        />
        {reason && (
          <Choice
            label={t('letters.ground')}
            options={grounds.map((value) => ({ value, label: t(`letters.ground.${value}`) }))}
            value={reason}
            onChange={(value) => setGround(value as RefusalGround)}
          />
        )}
      </Step>
    </div>
  )
}
