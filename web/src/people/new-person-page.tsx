import { today, type CalendarDate } from '@internationalized/date'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { $api, queries } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Day } from '../controls/day.tsx'
import { Field } from '../controls/field.tsx'
import { focusWrong } from '../controls/focus-wrong.ts'
import { Notice } from '../controls/notice.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { zone } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'
import { refusalIn } from './directory-refusal.ts'
import { SupervisorField, UnitField } from './placement-fields.tsx'
import { peopleKey } from './use-people.ts'
import { userIdForm } from './user-id.ts'

interface Draft {
  userId: string
  name: string
  unit: string
  supervisor: string
  phone: string
  from: CalendarDate | null
  to: CalendarDate | null
}

/** Enters a natural person, with a user id that is never reused (R20). */
export function NewPersonPage() {
  const { t } = useLanguage()
  const navigate = useNavigate()
  const [draft, setDraft] = useState<Draft>(() => ({
    userId: '',
    name: '',
    unit: '',
    supervisor: '',
    phone: '',
    from: today(zone),
    to: null,
  }))
  const [tries, setTries] = useState(0)
  const form = useRef<HTMLFormElement>(null)
  const enter = $api.useMutation('post', '/api/people')
  const refusal = enter.error ? refusalIn(enter.error) : undefined
  useEffect(() => focusWrong(form.current), [tries, enter.error])

  const { userId, name, unit, supervisor, phone, from, to } = draft
  const isWrong = {
    userId: !userIdForm.test(userId.trim()),
    name: name.trim() === '',
    from: from === null,
    to: from !== null && to !== null && to.compare(from) < 0,
  }
  const tried = tries > 0
  const edit = (edited: Partial<Draft>) => {
    if (enter.error) enter.reset()
    setDraft({ ...draft, ...edited })
  }
  const refusedAt = (field: 'userId' | 'name' | 'phone' | 'supervisor' | 'day') =>
    refusal?.field === field ? t(refusal.word) : undefined
  const submit = async () => {
    setTries(tries + 1)
    if (Object.values(isWrong).some(Boolean) || !from) return
    const body = {
      userId: userId.trim(),
      name: name.trim(),
      employedFrom: from.toString(),
      ...(unit.trim() && { unit: unit.trim() }),
      ...(supervisor.trim() && { supervisor: supervisor.trim() }),
      ...(phone.trim() && { phone: phone.trim() }),
      ...(to && { employedTo: to.toString() }),
    }
    const person = await enter.mutateAsync({ body }).catch(() => undefined)
    if (!person) return
    void queries.invalidateQueries({ queryKey: [peopleKey] })
    void queries.invalidateQueries({ queryKey: ['get', '/api/units'] })
    await navigate({ to: '/people/$id', params: { id: person.id } })
  }

  return (
    <Page
      title={t('people.enter')}
      lead={t('people.enter.lead')}
      crumbs={[{ label: t('people.title'), to: '/people' }]}
    >
      <SubmitForm ref={form} className="panel panel-narrow stack" isBusy={enter.isPending} onSubmit={submit}>
        <Field
          label={t('people.person.name')}
          hint={t('people.person.name.hint')}
          value={name}
          onChange={(value) => edit({ name: value })}
          error={tried && isWrong.name ? t('people.person.name.missing') : refusedAt('name')}
          maxLength={200}
          autoComplete="off"
        />
        <Field
          label={t('people.person.userId')}
          hint={t('people.person.userId.hint')}
          value={userId}
          onChange={(value) => edit({ userId: value })}
          error={tried && isWrong.userId ? t('people.person.userId.wrong') : refusedAt('userId')}
          maxLength={64}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck="false"
        />
        <UnitField isOptional value={unit} onChange={(value) => edit({ unit: value })} />
        <SupervisorField
          isOptional
          value={supervisor}
          onChange={(value) => edit({ supervisor: value })}
          error={refusedAt('supervisor')}
        />
        <Field
          label={t('people.person.phone')}
          hint={t('people.person.phone.hint.optional')}
          value={phone}
          onChange={(value) => edit({ phone: value })}
          error={refusedAt('phone')}
          maxLength={64}
          inputMode="tel"
          autoComplete="off"
        />
        <div className="side-by-side">
          <Day
            label={t('people.person.from')}
            value={from}
            onChange={(value) => edit({ from: value })}
            error={tried && isWrong.from ? t('people.person.from.missing') : undefined}
          />
          <Day
            label={t('people.person.to')}
            hint={t('people.person.to.hint')}
            value={to}
            onChange={(value) => edit({ to: value })}
            error={tried && isWrong.to ? t('error.person.ends-before-it-begins') : refusedAt('day')}
          />
        </div>
        {refusal && !refusal.field && (
          <Notice kind="error" isUrgent>
            {t(refusal.word)}
          </Notice>
        )}
        <div className="actions">
          <Button type="submit" kind="primary" isBusy={enter.isPending}>
            {t(enter.isPending ? 'people.person.change.busy' : 'people.enter.do')}
          </Button>
        </div>
      </SubmitForm>
    </Page>
  )
}
