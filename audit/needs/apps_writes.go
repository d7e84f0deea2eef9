package needs

import "strings"

// driveWrites are the methods of DriveApp and of its files, folders and users that
// change something. Source: https://developers.google.com/apps-script/reference/drive
var driveWrites = setOf(`addCommenter addCommenters addEditor addEditors addFile addFolder addViewer addViewers
	createFile createFolder createShortcut createShortcutForTargetIdAndResourceKey enforceSingleParent makeCopy moveTo
	removeCommenter removeEditor removeFile removeFolder removeViewer revokePermissions
	setContent setDescription setName setOwner setSecurityUpdateEnabled setShareableByEditors setSharing setStarred setTrashed`)

// calendarWrites are the methods of CalendarApp and of its calendars, events and
// guests that change something. Source:
// https://developers.google.com/apps-script/reference/calendar
var calendarWrites = setOf(`addEmailReminder addGuest addPopupReminder addSmsReminder anyoneCanAddSelf
	createAllDayEvent createAllDayEventSeries createCalendar createEvent createEventFromDescription createEventSeries
	deleteCalendar deleteEvent deleteEventSeries deleteTag removeAllReminders removeGuest resetRemindersToDefault
	setAllDayDate setAllDayDates setAnyoneCanAddSelf setColor setDescription setGuestsCanInviteOthers setGuestsCanModify
	setGuestsCanSeeGuests setHidden setLocation setMyStatus setName setRecurrence setSelected setTag setTime setTimeZone
	setTitle setTransparency setVisibility subscribeToCalendar unsubscribeFromCalendar`)

// setOf is the set of the words of a text.
func setOf(text string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(text) {
		set[word] = true
	}
	return set
}
