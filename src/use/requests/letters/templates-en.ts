import type { LetterKind } from './letter.ts'

/** The templates as they come with Seloste. */
export const englishTemplates: Record<LetterKind, string> = {
  received: `# We have received your request

Your request was received on {day received}. Its number is {request number}. Please mention the number when you ask about it.

# What you have asked for

{what was asked for}

# How your request is handled

{time of handling}

# Further information

{contact details}`,
  extension: `# The time for the answer has been extended

Your request {request number} was received on {day received}. It will be answered no later than {day of the answer}.

# Why the time has been extended

{reason}

# Further information

{contact details}`,
  answer: `# Answer to your request about a call

This is the answer to your request {request number}, which was received on {day received}. You have asked for the following:

{what was asked for}

# Calls

{calls}

{listening and forbidding}

# How the data are used

The register description tells what the data of calls are used for, how long they are kept and to whom they are disclosed. You may also ask for it on paper.

# Your right to turn to the Data Protection Ombudsman

{how to complain}

# Further information

{contact details}`,
  appointment: `# An appointment for listening has been booked

For your request {request number} a time has been booked for listening to the recorded call.

{appointment}

# Before you come

- Bring a document that shows who you are, for example a passport or an identity card.
- An official receives you at the office and is there while you listen.
- During the time that is booked you may listen to the recording as often as you like. You cannot take it with you.

If the time does not suit you, please tell us as soon as possible. A new time must be before the recording is destroyed.

# Further information

{contact details}`,
  'destroyed-before': `# The recording was destroyed before you heard it

In your request {request number} you asked to listen to a recorded call. The recording was destroyed before it was listened to. It cannot be brought back, and it can no longer be listened to.

# Calls

{calls}

A recording is always destroyed when its retention period ends, or when a party of the call forbids its use. The data of the call stay in the contact history longer, and you may still ask for them.

# Your right to turn to the Data Protection Ombudsman

{how to complain}

# Further information

{contact details}`,
  prohibition: `# The use of the recording is forbidden

In your request {request number} you have forbidden the use of the recording for developing customer service. This took effect at once.

# Recordings

{calls}

The data of the call stay in the contact history until their retention period ends. You may ask for a certificate of the destruction.

# Further information

{contact details}`,
  erasure: `# Decision on erasure

This is the answer to your request {request number}, which was received on {day received}. You have asked for the following:

{what was asked for}

# Decision

Your request to erase the recording has been granted.

{calls}

The data of the call are needed in the contact history for a statutory task. They are erased when their retention period ends (General Data Protection Regulation, Article 17(3)(b)). You may ask for a certificate of the destruction of the recording.

# Your right to turn to the Data Protection Ombudsman

{how to complain}

# Further information

{contact details}`,
  objection: `# Decision on your objection

This is the answer to your request {request number}, which was received on {day received}. You have asked for the following:

{what was asked for}

# Decision

The recording is processed no longer (General Data Protection Regulation, Article 21(1)). Its use is forbidden.

{calls}

The data of the call are needed in the contact history for a statutory task. They are erased when their retention period ends. You may ask for a certificate of the destruction of the recording.

# Your right to turn to the Data Protection Ombudsman

{how to complain}

# Further information

{contact details}`,
  restriction: `# Decision on restriction

This is the answer to your request {request number}, which was received on {day received}. You have asked for the following:

{what was asked for}

# Decision

{calls}

A restricted recording may be used only for what it is kept for, with your consent, or to protect rights (General Data Protection Regulation, Article 18(2)). Before the restriction is lifted you are told by letter (Article 18(3)).

# Your right to turn to the Data Protection Ombudsman

{how to complain}

# Further information

{contact details}`,
  'restriction-end': `# The restriction ends

At your request {request number} the processing of the recording was restricted. The restriction is lifted after this letter (General Data Protection Regulation, Article 18(3)).

# Recordings

{calls}

You may forbid the use of the recording at any time. You need not say why. The recording is then destroyed.

# Your right to turn to the Data Protection Ombudsman

{how to complain}

# Further information

{contact details}`,
  'not-identifiable': `# The call could not be identified

This is the answer to your request {request number}, which was received on {day received}. The request cannot be granted as regards these calls.

{calls}

# Reasons

From what was told it could not be shown which call is your own. Nothing may be told about the calls of others, not even whether there are any or whether they were recorded (General Data Protection Regulation, Articles 11 and 12(6)).

You may make the request again if you know the time of the call more exactly, or the caller’s number, the service number, the length of the call or the name of the official.

# Your right to turn to the Data Protection Ombudsman

{how to complain}

# Further information

{contact details}`,
  refusal: `# Your request cannot be granted

Your request {request number}, which was received on {day received}, cannot be granted. You have asked for the following:

{what was asked for}

# Reasons

{reason}

# Your right to turn to the Data Protection Ombudsman

{how to complain}

# Further information

{contact details}`,
  copy: `# The copy of the recording is ready

In your request {request number} you asked for a copy of a recorded call. The copy is ready, and you can fetch it on the web. You are given the link separately.

{copies}

# About the recording

The voice of another person is heard on the recording too. The recording is for your own use only and should not be given to others.

# Further information

{contact details}`,
  'log-extract': `# Extract of the use of the data of your call

This is the answer to your request {request number}, which was received on {day received}. The extract shows when, in which role and for which purpose the data of your call have been used.

# Times of use

{times of use}

The users are not named: they have processed the data on behalf of the controller and under its instructions (judgment of the Court of Justice in case C-579/21). Use by the security unit is not in the extract.

# Your right to turn to the Data Protection Ombudsman

{how to complain}

# Further information

{contact details}`,
  correction: `# Decision on the correction of data

This is the answer to your request {request number}, in which you asked for data of a call to be corrected.

# Decision

{corrections}

Article 16 of the General Data Protection Regulation provides for the correction of data.

# Your right to turn to the Data Protection Ombudsman

{how to complain}

# Further information

{contact details}`,
  mentioned: `# Answer to your request about what was said in a call

In your request {request number}, which was received on {day received}, you asked for what was said about you in a call. Recordings cannot be searched for who is spoken of in them. So the request can be answered only if it says which call is meant.

# How the data are given

The data are given in writing as far as they concern you and do not adversely affect the rights of the parties of the call (General Data Protection Regulation, Article 15(4)). If data are given, they are enclosed with this letter.

# Your right to turn to the Data Protection Ombudsman

{how to complain}

# Further information

{contact details}`,
  openness: `# Decision on a request for a document

In your request {request number}, which was received on {day received}, you asked for an official document.

# Decision

{decision}

# Reasons

The decision is based on: {statutory ground}.

{how to appeal}

# Further information

{contact details}`,
}
