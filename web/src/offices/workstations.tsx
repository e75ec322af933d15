import { useEffect, useRef, useState } from 'react'
import { $api } from '../api/client.ts'
import { ConfirmButton } from '../controls/confirm-button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Field } from '../controls/field.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { ActStep } from '../controls/step.tsx'
import { formatInstant, formatTime } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import type { Office } from './office-shapes.ts'

interface Code {
  code: string
  expiresAt: string
  name: string
}

/** Listening workstations of an office, and a code to enrol one more. */
export function Workstations({ office, onChanged }: { office: Office; onChanged: () => void }) {
  const { t } = useLanguage()
  const [code, setCode] = useState<Code>()
  return (
    <section className="panel stack-small" aria-labelledby="office-workstations">
      <h2 id="office-workstations" tabIndex={-1}>
        {t('offices.workstations.title')}
      </h2>
      <p className="measure">{t('offices.workstations.what')}</p>
      {office.workstations.length === 0 && <p className="muted">{t('offices.workstations.none')}</p>}
      {office.workstations.length > 0 && (
        <ul className="plain-list workstations">
          {office.workstations.map((one) => (
            <OneWorkstation
              key={one.id}
              workstation={one}
              onEnded={() => {
                onChanged()
                announce(t('offices.workstations.ended'))
                focusHeading('office-workstations')
              }}
            />
          ))}
        </ul>
      )}
      {code && <ShownCode code={code} />}
      <div className="actions actions-forms">
        <MakeCode office={office} onMade={setCode} />
      </div>
    </section>
  )
}

function OneWorkstation({
  workstation,
  onEnded,
}: {
  workstation: Office['workstations'][number]
  onEnded: () => void
}) {
  const { t, language } = useLanguage()
  const end = $api.useMutation('delete', '/api/workstations/{id}')
  const { id, name, enrolledAt, lastSeenAt } = workstation
  return (
    <li className="workstation">
      <span>
        <strong>{name}</strong>
        <span className="second">
          {t('offices.workstations.enrolledAt', { time: formatInstant(enrolledAt, language) })}
          {lastSeenAt && ` ${t('offices.workstations.lastSeenAt', { time: formatInstant(lastSeenAt, language) })}`}
        </span>
      </span>
      <ConfirmButton
        label={t('offices.workstations.end')}
        named={t('offices.workstations.end.one', { name })}
        title={t('offices.workstations.end.one', { name })}
        kind="link"
        isBusy={end.isPending}
        onDo={() => void end.mutateAsync({ params: { path: { id } } }).then(onEnded, () => undefined)}
      >
        <p>{t('offices.workstations.end.what')}</p>
      </ConfirmButton>
      {end.error != null && <Failure error={end.error} />}
    </li>
  )
}

function MakeCode({ office, onMade }: { office: Office; onMade: (code: Code) => void }) {
  const { t } = useLanguage()
  const make = $api.useMutation('post', '/api/offices/{id}/workstation-codes')
  const [name, setName] = useState('')
  const written = name.trim()
  return (
    <ActStep
      open={t('offices.workstations.code')}
      submit={t('offices.workstations.code.do')}
      act={make}
      request={() => (written ? { params: { path: { id: office.id } }, body: { name: written } } : undefined)}
      onDone={({ code, expiresAt }) => onMade({ code, expiresAt, name: written })}
      onOpen={() => setName('')}
    >
      {(isTried) => (
        <Field
          label={t('offices.workstations.name')}
          hint={t('offices.workstations.name.hint')}
          value={name}
          onChange={setName}
          error={isTried && !written ? t('offices.workstations.name.missing') : undefined}
          maxLength={60}
          autoComplete="off"
        />
      )}
    </ActStep>
  )
}

/** Code, shown once: where to enter it, and when it expires. */
function ShownCode({ code: { code, expiresAt, name } }: { code: Code }) {
  const { t, language } = useLanguage()
  const shown = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // Runs after the closed form has restored the focus to its button.
    const timer = window.setTimeout(() => shown.current?.focus())
    return () => window.clearTimeout(timer)
  }, [code])
  return (
    <div
      ref={shown}
      tabIndex={-1}
      className="shown-code"
      role="group"
      aria-label={t('offices.workstations.code.label')}
    >
      <p className="workstation-code">{code}</p>
      <p>{t('offices.workstations.code.how', { name, time: formatTime(expiresAt, language) })}</p>
    </div>
  )
}
