import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Form } from 'react-aria-components'
import { $api } from '../api/client.ts'
import { refusalKey } from '../api/refusal.ts'
import type { Me } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { Choice } from '../controls/choice.tsx'
import { ErrorSummary, type Wrong } from '../controls/error-summary.tsx'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { useLanguage } from '../language/use-words.ts'
import { usePresence } from '../session/use-presence.ts'
import { NotFound } from '../shell/not-found.tsx'
import { Page } from '../shell/page.tsx'
import { prepares, type Institute } from './disclosure-shapes.ts'
import { useStoredForm } from './stored-form.ts'
import { StudyFields, wrongStudy, type StudyTyped } from './study-fields.tsx'
import { forgetLists, useInstitutes } from './use-disclosures.ts'

/** Starts a disclosure to a research institute: institute, study, due day (R28, R30). */
export function NewResearchPage() {
  const presence = usePresence()
  if (presence.state !== 'signed-in') return null
  return prepares(presence.me) ? <NewResearch me={presence.me} /> : <NotFound />
}

function NewResearch({ me }: { me: Me }) {
  const { say } = useLanguage()
  const { data, error, isPending, refetch } = useInstitutes(me)
  return (
    <Page
      title={say('disclosures.research.begin')}
      lead={say('disclosures.research.begin.lead')}
      crumbs={[{ label: say('disclosures.title'), to: '/disclosures' }]}
    >
      {isPending && <Waiting lines={6} />}
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {data?.items.length === 0 && (
        <Notice kind="info">
          <p>{say('disclosures.noInstitutes')}</p>
          <p>
            <Link to="/disclosures/institutes">{say('disclosures.institutes.title')}</Link>
          </p>
        </Notice>
      )}
      {data && data.items.length > 0 && <NewResearchForm institutes={data.items} />}
    </Page>
  )
}

function NewResearchForm({ institutes }: { institutes: readonly Institute[] }) {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const begin = $api.useMutation('post', '/api/research-disclosures')
  const form = useStoredForm<StudyTyped & { instituteId: string }>('research new', {
    ...{ instituteId: institutes[0]!.id, study: '', dueOn: '', format: 'OPUS' },
  })
  const { typed } = form
  const [isTried, setTried] = useState(false)
  const [wrong, setWrong] = useState<Wrong[]>([])
  const chosen = institutes.find(({ id }) => id === typed.instituteId)
  const submit = async () => {
    setTried(true)
    const missing = wrongStudy(typed)
    const found = [
      ...(missing.study ? [{ text: say('disclosures.study.missing'), field: 'disclosure-study' }] : []),
      ...(missing.dueOn ? [{ text: say('disclosures.dueOn.wrong'), field: 'disclosure-due' }] : []),
    ]
    setWrong(found)
    if (found.length > 0) return
    try {
      const { id } = await begin.mutateAsync({ body: { ...typed, study: typed.study.trim() } })
      form.forget()
      forgetLists()
      await navigate({ to: '/disclosures/research/$id', params: { id } })
    } catch (refusal) {
      setWrong([{ text: say(`error.${refusalKey(refusal)}`) }])
    }
  }
  return (
    <>
      <ErrorSummary title={say('disclosures.notBegun')} wrong={wrong} />
      <Form
        validationBehavior="aria"
        className="panel panel-narrow stack"
        onSubmit={(event) => {
          event.preventDefault()
          if (!begin.isPending) void submit()
        }}
      >
        <Choice
          label={say('disclosures.institute')}
          options={institutes.map(({ id, name, isBlocked }) => ({
            value: id,
            label: name,
            ...(isBlocked && { detail: say('disclosures.institutes.blocked') }),
          }))}
          value={typed.instituteId}
          onChange={(instituteId) => form.edit({ instituteId })}
        />
        {chosen?.isBlocked && <Notice kind="warning">{say('disclosures.institutes.blocked.what')}</Notice>}
        <StudyFields typed={typed} isTried={isTried} onChange={form.edit} />
        <div className="actions">
          <Button type="submit" kind="primary" isBusy={begin.isPending}>
            {say('disclosures.research.begin.do')}
          </Button>
        </div>
      </Form>
    </>
  )
}
