import { useLanguage } from '../../language/use-words.ts'
import { readAt, type Path } from '../edits.ts'
import { useItems } from './form-state.tsx'
import { useNumberChoices } from './number-choices.ts'
import { PathChecks, PathText, Together } from './path-fields.tsx'
import { freshId } from './fresh-id.ts'
import { Items, Section } from './section.tsx'

const path: Path = ['recordingPlan', 'announcements']

/** Announcements that callers hear before an official answers (L3, L4). */
export function AnnouncementsSection() {
  const { say, language } = useLanguage()
  const announcements = useItems(path)
  return (
    <Section
      name="announcements"
      title={say('form.announcements')}
      summary={say('form.announcements.summary', { count: announcements.length })}
    >
      <p className="hint">{say('form.announcements.hint')}</p>
      <Items
        path={path}
        titleOf={(_, index) => say('form.announcement', { number: index + 1 })}
        detailOf={(one) => shorten(readAt(one, ['texts', language]))}
        addLabel={say('form.announcement.add')}
        empty={say('form.announcements.none')}
        fresh={() => ({ id: freshId('announcement', announcements), numbers: [], texts: { fi: '', sv: '' } })}
      >
        {(place) => <AnnouncementFields path={place} />}
      </Items>
    </Section>
  )
}

function AnnouncementFields({ path: place }: { path: Path }) {
  const { say } = useLanguage()
  const numbers = useNumberChoices([...place, 'numbers'])
  return (
    <>
      <PathChecks
        path={[...place, 'numbers']}
        label={say('form.announcement.numbers')}
        options={numbers}
        className="checks-tall"
      />
      <Together path={[...place, 'texts']} label={say('form.announcement.texts')}>
        {(['fi', 'sv', 'en'] as const).map((one) => (
          <PathText
            key={one}
            path={[...place, 'texts', one]}
            label={say(`form.language.${one}`)}
            lang={one}
            rows={3}
            isOptional
          />
        ))}
      </Together>
    </>
  )
}

function shorten(text: unknown): string {
  const message = typeof text === 'string' ? text : ''
  return message.length > 60 ? `${message.slice(0, 57)}…` : message
}
