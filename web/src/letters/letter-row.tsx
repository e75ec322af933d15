import { FileText, Printer } from 'lucide-react'
import { useState } from 'react'
import { $api } from '../api/client.ts'
import type { Letter } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { ConfirmButton } from '../controls/confirm-button.tsx'
import { Failure } from '../controls/failure.tsx'
import { RadioCards } from '../controls/radio-cards.tsx'
import { ActStep } from '../controls/step.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import type { Delivery } from './letter-shapes.ts'

/** One letter: read and print, then mark as sent or discard; afterwards how it was sent. */
export function LetterRow({
  letter,
  deliveries,
  onChanged,
  onDraftAgain,
  isDrafting,
}: {
  letter: Letter
  /** Ways in which the letter can be delivered; the first is preselected. */
  deliveries: readonly Delivery[]
  onChanged: (text: string) => void
  onDraftAgain: () => void
  isDrafting: boolean
}) {
  const { t, language } = useLanguage()
  const kind = t(`letters.kind.${letter.kind}`)
  const madeAt = formatInstant(letter.madeAt, language)
  const { delivered } = letter
  return (
    <li className="letter stack-small">
      <div className="alarm-head">
        <h3>{kind}</h3>
        <span className={`badge ${delivered ? 'badge-available' : 'badge-restricted'}`}>
          {t(delivered ? 'letters.sent' : letter.isStale ? 'letters.stale' : 'letters.waits')}
        </span>
      </div>
      <p className="small-text">
        {letter.madeBy
          ? t('letters.madeBy', { time: madeAt, name: letter.madeBy.name })
          : t('letters.madeByItself', { time: madeAt })}{' '}
        {t('letters.in')} {t(`shell.language.${letter.language}`)}.
        {delivered && (
          <>
            {' '}
            {t('letters.deliveredAt', {
              time: formatInstant(delivered.at, language),
              how: t(`letters.delivery.${delivered.how}`),
              name: delivered.by.name,
            })}
          </>
        )}
      </p>
      {letter.isErased ? (
        <p className="muted">{t('letters.erased')}</p>
      ) : (
        <p className="letter-links">
          <NewTabLink to={`/api/letters/${letter.id}/html`} label={t('letters.read')} kind={kind}>
            <FileText aria-hidden="true" size={18} />
          </NewTabLink>
          <NewTabLink to={`/api/letters/${letter.id}/pdf`} label={t('letters.pdf')} kind={kind}>
            <Printer aria-hidden="true" size={18} />
          </NewTabLink>
        </p>
      )}
      {letter.isStale && (
        <p>
          {t('letters.stale.why')} {!letter.madeBy && t('letters.stale.itself')}
        </p>
      )}
      {!delivered && !letter.isErased && (
        <div className="actions actions-forms">
          {!letter.isStale ? (
            <RecordDelivery
              letter={letter}
              kind={kind}
              deliveries={deliveries}
              onRecorded={() => onChanged(t('letters.noted'))}
            />
          ) : (
            letter.madeBy && (
              <Button
                kind="secondary"
                aria-label={`${t('letters.stale.again')}: ${kind}`}
                isBusy={isDrafting}
                onPress={onDraftAgain}
              >
                {t('letters.stale.again')}
              </Button>
            )
          )}
          <DiscardLetter letter={letter} kind={kind} onDiscarded={() => onChanged(t('letters.thrown'))} />
        </div>
      )}
    </li>
  )
}

/** Opens a letter in a new tab, so that work on the request is not lost. */
function NewTabLink({
  to,
  label,
  kind,
  children,
}: {
  to: string
  label: string
  kind: string
  children: React.ReactNode
}) {
  const { t } = useLanguage()
  return (
    <a href={to} target="_blank" rel="noopener" className="link-with-icon">
      {children}
      {label}
      <span className="visually-hidden">
        : {kind} ({t('shell.new-tab')})
      </span>
    </a>
  )
}

function RecordDelivery({
  letter,
  kind,
  deliveries,
  onRecorded,
}: {
  letter: Letter
  kind: string
  deliveries: readonly Delivery[]
  onRecorded: () => void
}) {
  const { t } = useLanguage()
  const record = $api.useMutation('post', '/api/letters/{id}/delivery')
  const [how, setHow] = useState<Delivery>(deliveries[0] ?? 'POST')
  return (
    <ActStep
      open={t('letters.deliver')}
      named={`${t('letters.deliver')}: ${kind}`}
      submit={t('letters.deliver.do')}
      act={record}
      request={() => ({ params: { path: { id: letter.id } }, body: { how } })}
      onDone={onRecorded}
    >
      <RadioCards
        label={t('letters.how')}
        options={deliveries.map((value) => ({ value, label: t(`letters.delivery.${value}`) }))}
        value={how}
        onChange={(value) => setHow(value as Delivery)}
      />
      {how === 'EMAIL' && <p className="measure">{t('letters.email')}</p>}
    </ActStep>
  )
}

function DiscardLetter({ letter, kind, onDiscarded }: { letter: Letter; kind: string; onDiscarded: () => void }) {
  const { t } = useLanguage()
  const remove = $api.useMutation('delete', '/api/letters/{id}')
  return (
    <>
      <ConfirmButton
        kind="quiet"
        label={t('letters.throw')}
        named={`${t('letters.throw')}: ${kind}`}
        isBusy={remove.isPending}
        title={t('letters.throw.title', { kind })}
        onDo={() => void remove.mutateAsync({ params: { path: { id: letter.id } } }).then(onDiscarded, () => undefined)}
      >
        <p>{t('letters.throw.what')}</p>
      </ConfirmButton>
      {remove.error != null && <Failure error={remove.error} />}
    </>
  )
}
