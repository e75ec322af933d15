import { useLanguage } from '../../language/use-words.ts'
import { readAt, type Path } from '../edits.ts'
import { useItems } from './form-state.tsx'
import { useNumberChoices } from './number-choices.ts'
import { PathChecks, PathText, FieldGroup } from './path-fields.tsx'
import { freshId } from './fresh-id.ts'
import { Items, Section } from './section.tsx'

const path: Path = ['recordingPlan', 'announcements']

/** Announcements that callers hear before an official answers (L3, L4). */
export function AnnouncementsSection() {
  const { t, language } = useLanguage()
  const announcements = useItems(path)
  return (
    <Section
      name="announcements"
      title={t('form.announcements')}
      summary={t('form.announcements.summary', { count: announcements.length })}
    >
      <p className="hint">{t('form.announcements.hint')}</p>
      <Items
        path={path}
        titleOf={(_, index) => t('form.announcement', { number: index + 1 })}
        detailOf={(one) => shorten(readAt(one, ['texts', language]))}
        addLabel={t('form.announcement.add')}
        empty={t('form.announcements.none')}
        fresh={() => ({ id: freshId('announcement', announcements), numbers: [], texts: { fi: '', sv: '' } })}
      >
        {(itemPath) => <AnnouncementFields path={itemPath} />}
      </Items>
    </Section>
  )
}

function AnnouncementFields({ path: itemPath }: { path: Path }) {
  const { t } = useLanguage()
  const numbers = useNumberChoices([...itemPath, 'numbers'])
  return (
    <>
      <PathChecks
        path={[...itemPath, 'numbers']}
        label={t('form.announcement.numbers')}
        options={numbers}
        className="checks-tall"
      />
      <FieldGroup path={[...itemPath, 'texts']} label={t('form.announcement.texts')}>
        {(['fi', 'sv', 'en'] as const).map((one) => (
          <PathText
            key={one}
            path={[...itemPath, 'texts', one]}
            label={t(`form.language.${one}`)}
            lang={one}
            rows={3}
            isOptional
          />
        ))}
      </FieldGroup>
    </>
  )
}

function shorten(text: unknown): string {
  const message = typeof text === 'string' ? text : ''
  return message.length > 60 ? `${message.slice(0, 57)}…` : message
}
