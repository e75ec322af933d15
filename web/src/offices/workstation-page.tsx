import { useState } from 'react'
import { Link } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Field } from '../controls/field.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { Loaded } from '../controls/loaded.tsx'
import { Notice } from '../controls/notice.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { useTries } from '../controls/use-tries.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { Page } from '../shell/page.tsx'
import { AppointmentCard } from './appointment-card.tsx'

/**
 * State of this browser: a listening workstation of an office with its appointments, or one that can be enrolled with a code.
 */
export function WorkstationPage() {
  const { t, named } = useLanguage()
  const query = $api.useQuery('get', '/api/workstation', undefined, {
    staleTime: 0,
    // An appointment can be opened at its start without reloading the page.
    refetchInterval: 30_000,
  })
  const { data, refetch } = query
  const workstation = data?.workstation
  const enrolled = async () => {
    await refetch()
    // The focused field is far below the new content.
    focusHeading('workstation-today')
  }
  return (
    <Page title={t('offices.workstation.title')} lead={t('offices.workstation.lead')}>
      <Loaded query={query} lines={4} />
      {workstation && (
        <>
          <Notice kind="success">
            <p>{t('offices.workstation.is', { office: named(workstation.office), name: workstation.name })}</p>
          </Notice>
          <section className="stack" aria-labelledby="workstation-today">
            <h2 id="workstation-today" tabIndex={-1}>
              {t('offices.workstation.today')}
            </h2>
            {data.appointments.length === 0 && (
              <p className="muted">
                {t('offices.workstation.today.none')} <Link to="/appointments">{t('offices.appointments.title')}</Link>
              </p>
            )}
            {data.appointments.map((appointment) => (
              <AppointmentCard key={appointment.id} appointment={appointment} onChanged={() => void refetch()} />
            ))}
          </section>
        </>
      )}
      {data && !workstation && <Notice kind="info">{t('offices.workstation.none')}</Notice>}
      {data && <Enrol isEnrolled={workstation !== undefined} onEnrolled={() => void enrolled()} />}
    </Page>
  )
}

/** Enrols this browser as a workstation by the code from the office's page. */
function Enrol({ isEnrolled, onEnrolled }: { isEnrolled: boolean; onEnrolled: () => void }) {
  const { t, named } = useLanguage()
  const enrol = $api.useMutation('post', '/api/workstation')
  const [code, setCode] = useState('')
  const { form, isTried, tried, forget } = useTries()
  const written = code.replace(/\s/g, '')
  const isShort = written.length < 6
  const submit = async () => {
    if (isShort) return tried()
    const done = await enrol.mutateAsync({ body: { code: written } }).catch(() => undefined)
    if (!done) return
    announce(t('offices.workstation.is', { office: named(done.office), name: done.name }))
    setCode('')
    forget()
    onEnrolled()
  }
  return (
    <section className="panel panel-narrow stack-small" aria-labelledby="workstation-enrol">
      <h2 id="workstation-enrol">{t(isEnrolled ? 'offices.workstation.enrol.again' : 'offices.workstation.enrol')}</h2>
      <p>{t('offices.workstation.enrol.how')}</p>
      <SubmitForm ref={form} className="stack-small" isBusy={enrol.isPending} onSubmit={submit}>
        <Field
          label={t('offices.workstation.code')}
          hint={t('offices.workstation.code.hint')}
          value={code}
          onChange={setCode}
          error={isTried && isShort ? t('offices.workstation.code.missing') : undefined}
          maxLength={20}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck="false"
        />
        {enrol.error != null && <Failure error={enrol.error} />}
        <Button type="submit" kind={isEnrolled ? 'secondary' : 'primary'} isBusy={enrol.isPending}>
          {t('offices.workstation.enrol.do')}
        </Button>
      </SubmitForm>
    </section>
  )
}
