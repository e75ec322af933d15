import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { $api } from '../api/client.ts'
import { refusalKey } from '../api/refusal.ts'
import type { Me } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { Choice } from '../controls/choice.tsx'
import { ErrorSummary, type Wrong } from '../controls/error-summary.tsx'
import { Loaded } from '../controls/loaded.tsx'
import { Notice } from '../controls/notice.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { useLanguage } from '../language/use-words.ts'
import { usePresence } from '../session/use-presence.ts'
import { NotFound } from '../shell/not-found.tsx'
import { Page } from '../shell/page.tsx'
import { preparesResearch, type Institute } from './disclosure-shapes.ts'
import { useStoredForm } from './stored-form.ts'
import { StudyFields, wrongStudy, type StudyTyped } from './study-fields.tsx'
import { invalidateLists, useInstitutes } from './use-disclosures.ts'

/** Starts a disclosure to a research institute: institute, study, due day (R28, R30). */
export function NewResearchPage() {
  const presence = usePresence()
  if (presence.state !== 'signed-in') return null
  return preparesResearch(presence.me) ? <NewResearch me={presence.me} /> : <NotFound />
}

function NewResearch({ me }: { me: Me }) {
  const { t } = useLanguage()
  const query = useInstitutes(me)
  const { data } = query
  return (
    <Page
      title={t('disclosures.research.begin')}
      lead={t('disclosures.research.begin.lead')}
      crumbs={[{ label: t('disclosures.title'), to: '/disclosures' }]}
    >
      <Loaded query={query} />
      {data?.items.length === 0 && (
        <Notice kind="info">
          <p>{t('disclosures.noInstitutes')}</p>
          <p>
            <Link to="/disclosures/institutes">{t('disclosures.institutes.title')}</Link>
          </p>
        </Notice>
      )}
      {data && data.items.length > 0 && <NewResearchForm institutes={data.items} />}
    </Page>
  )
}

function NewResearchForm({ institutes }: { institutes: readonly Institute[] }) {
  const { t } = useLanguage()
  const navigate = useNavigate()
  const begin = $api.useMutation('post', '/api/research-disclosures')
  const form = useStoredForm<StudyTyped & { instituteId: string }>('research new', {
    instituteId: institutes[0]!.id,
    study: '',
    dueOn: '',
    format: 'OPUS',
  })
  const { typed } = form
  const [isTried, setTried] = useState(false)
  const [wrong, setWrong] = useState<Wrong[]>([])
  const chosen = institutes.find(({ id }) => id === typed.instituteId)
  const submit = async () => {
    setTried(true)
    const missing = wrongStudy(typed)
    const found = [
      ...(missing.study ? [{ text: t('disclosures.study.missing'), field: 'disclosure-study' }] : []),
      ...(missing.dueOn ? [{ text: t('disclosures.dueOn.wrong'), field: 'disclosure-due' }] : []),
    ]
    setWrong(found)
    if (found.length > 0) return
    try {
      const { id } = await begin.mutateAsync({ body: { ...typed, study: typed.study.trim() } })
      form.forget()
      invalidateLists()
      await navigate({ to: '/disclosures/research/$id', params: { id } })
    } catch (refusal) {
      setWrong([{ text: t(`error.${refusalKey(refusal)}`) }])
    }
  }
  return (
    <>
      <ErrorSummary title={t('disclosures.notBegun')} wrong={wrong} />
      <SubmitForm className="panel panel-narrow stack" isBusy={begin.isPending} onSubmit={submit}>
        <Choice
          label={t('disclosures.institute')}
          options={institutes.map(({ id, name, isBlocked }) => ({
            value: id,
            label: name,
            ...(isBlocked && { detail: t('disclosures.institutes.blocked') }),
          }))}
          value={typed.instituteId}
          onChange={(instituteId) => form.edit({ instituteId })}
        />
        {chosen?.isBlocked && <Notice kind="warning">{t('disclosures.institutes.blocked.what')}</Notice>}
        <StudyFields typed={typed} isTried={isTried} onChange={form.edit} />
        <div className="actions">
          <Button type="submit" kind="primary" isBusy={begin.isPending}>
            {t('disclosures.research.begin.do')}
          </Button>
        </div>
      </SubmitForm>
    </>
  )
}
