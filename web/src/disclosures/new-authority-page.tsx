import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { $api } from '../api/client.ts'
import { refusalKey } from '../api/refusal.ts'
import { serverNowMs } from '../api/server-time.ts'
import type { Me } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { ErrorSummary, type Wrong } from '../controls/error-summary.tsx'
import { Loaded } from '../controls/loaded.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { useLanguage } from '../language/use-words.ts'
import { usePresence } from '../session/use-presence.ts'
import { NotFound } from '../shell/not-found.tsx'
import { Page } from '../shell/page.tsx'
import { authorityBody, newAuthority, type AuthorityField } from './authority-form.ts'
import { AuthorityFields } from './authority-fields.tsx'
import { isSecurity, type Provision } from './disclosure-shapes.ts'
import { useStoredForm } from './stored-form.ts'
import { invalidateLists, useAuthorityList } from './use-disclosures.ts'

/** Enters an authority's request, or starts a report by the controller (R34). */
export function NewAuthorityPage() {
  const presence = usePresence()
  if (presence.state !== 'signed-in') return null
  return isSecurity(presence.me) ? <NewAuthority me={presence.me} /> : <NotFound />
}

function NewAuthority({ me }: { me: Me }) {
  const { t } = useLanguage()
  const query = useAuthorityList(me)
  return (
    <Page
      title={t('disclosures.authority.enter')}
      lead={t('disclosures.authority.lead')}
      crumbs={[{ label: t('disclosures.title'), to: '/disclosures' }]}
    >
      <Loaded query={query} lines={8}>
        {(data) => <NewAuthorityForm provisions={data.provisions} />}
      </Loaded>
    </Page>
  )
}

function NewAuthorityForm({ provisions }: { provisions: readonly Provision[] }) {
  const { t } = useLanguage()
  const navigate = useNavigate()
  const enter = $api.useMutation('post', '/api/authority-disclosures')
  const [initial] = useState(() => newAuthority(serverNowMs()))
  const form = useStoredForm('authority new', initial)
  const [missing, setMissing] = useState<AuthorityField[]>([])
  const [wrong, setWrong] = useState<Wrong[]>([])
  const submit = async () => {
    const judged = authorityBody(form.typed, serverNowMs())
    if ('wrong' in judged) {
      setMissing(judged.wrong)
      return setWrong(
        judged.wrong.map((field) => ({
          field: `authority-${field}`,
          text: t(field === 'receivedAt' ? 'error.authority.received-wrong' : `disclosures.authority.${field}.missing`),
        })),
      )
    }
    setMissing([])
    try {
      const { id } = await enter.mutateAsync({ body: judged.body })
      form.forget()
      invalidateLists()
      await navigate({ to: '/disclosures/authority/$id', params: { id } })
    } catch (refusal) {
      const key = refusalKey(refusal)
      if (key === 'authority.received-wrong') setMissing(['receivedAt'])
      setWrong([
        { text: t(`error.${key}`), ...(key === 'authority.received-wrong' && { field: 'authority-receivedAt' }) },
      ])
    }
  }
  return (
    <>
      <ErrorSummary title={t('requests.request.notEntered')} wrong={wrong} />
      <SubmitForm className="panel panel-narrow stack" isBusy={enter.isPending} onSubmit={submit}>
        <AuthorityFields typed={form.typed} provisions={provisions} wrong={missing} onChange={form.edit} />
        <div className="actions">
          <Button type="submit" kind="primary" isBusy={enter.isPending}>
            {t('disclosures.authority.enter.do')}
          </Button>
        </div>
      </SubmitForm>
    </>
  )
}
