package needs

// wrapper is a library that calls Google's APIs for its user: what it asks for
// by itself, and which methods its own come down to.
type wrapper struct {
	modules []string // import names
	apis    []string
	// asks are the scopes that it asks for where it is given none, by the
	// function that does.
	asks map[string][]string
	// calls are the methods that its functions come down to; an empty list is
	// for one that calls nothing.
	calls map[string][]string
	// lends are names of what gives something that calls more: what is handed to
	// other libraries may go anywhere.
	lends []string
	// over are the methods that going over what it gives first comes down to.
	over []string
	// given are arguments without which one of its functions asks for nothing and
	// calls nothing of Google's; a name of the form name=value is for a constant.
	given map[string]string
	// narrower are arguments with which it asks for something else.
	narrower map[string][]string
	// whole is for one of which calls has all there is: any other name is that of a
	// method of what it read.
	whole bool
	// constants are those that it names lists of scopes by.
	constants map[string][]string
	// source is where the scopes and calls are documented.
	source string
}

const (
	getValues    = "sheets.spreadsheets.values.get"
	updateValues = "sheets.spreadsheets.values.update"
	appendValues = "sheets.spreadsheets.values.append"
	batchSheets  = "sheets.spreadsheets.batchUpdate"
	getSheet     = "sheets.spreadsheets.get"
)

// wrappers are the libraries that are common in public programs.
var wrappers = [...]wrapper{{
	modules: []string{"gspread"},
	apis:    []string{"sheets", "drive"},
	lends: []string{"open", "open_by_key", "open_by_url", "openall", "sheet1", "worksheet", "worksheets", "get_worksheet", "get_worksheet_by_id", "add_worksheet",
		"create", "copy", "duplicate", "duplicate_sheet"},
	asks: map[string][]string{
		"service_account": {"spreadsheets", "drive"}, "service_account_from_dict": {"spreadsheets", "drive"},
		"oauth": {"spreadsheets", "drive"}, "oauth_from_dict": {"spreadsheets", "drive"},
	},
	constants: map[string][]string{"DEFAULT_SCOPES": {"spreadsheets", "drive"}, "READONLY_SCOPES": {"spreadsheets.readonly", "drive.readonly"}},
	calls: map[string][]string{
		"authorize": {}, "service_account": {}, "service_account_from_dict": {}, "oauth": {}, "oauth_from_dict": {}, "Client": {}, "login": {},
		"open": {"drive.files.list", getSheet}, "openall": {"drive.files.list"}, "list_spreadsheet_files": {"drive.files.list"},
		"open_by_key": {getSheet}, "open_by_url": {getSheet}, "worksheet": {getSheet}, "worksheets": {getSheet}, "get_worksheet": {getSheet}, "get_worksheet_by_id": {getSheet},
		"get_all_records": {getValues}, "get_all_values": {getValues}, "get_values": {getValues}, "get": {getValues}, "row_values": {getValues}, "col_values": {getValues},
		"cell": {getValues}, "acell": {getValues}, "range": {getValues}, "find": {getValues}, "findall": {getValues}, "batch_get": {"sheets.spreadsheets.values.batchGet"},
		"update": {updateValues}, "update_cell": {updateValues}, "update_acell": {updateValues}, "update_cells": {updateValues}, "batch_update": {"sheets.spreadsheets.values.batchUpdate"},
		"append_row": {appendValues}, "append_rows": {appendValues}, "insert_row": {batchSheets, updateValues}, "insert_rows": {batchSheets, updateValues},
		"delete_rows": {batchSheets}, "delete_row": {batchSheets}, "clear": {"sheets.spreadsheets.values.clear"}, "batch_clear": {"sheets.spreadsheets.values.batchClear"},
		"format": {batchSheets}, "sort": {batchSheets}, "add_worksheet": {batchSheets}, "del_worksheet": {batchSheets}, "resize": {batchSheets}, "freeze": {batchSheets},
		"add_rows": {batchSheets}, "add_cols": {batchSheets}, "update_title": {batchSheets}, "duplicate_sheet": {batchSheets},
		"insert_cols": {batchSheets, updateValues}, "delete_columns": {batchSheets}, "delete_dimension": {batchSheets}, "merge_cells": {batchSheets}, "unmerge_cells": {batchSheets},
		"batch_format": {batchSheets}, "columns_auto_resize": {batchSheets}, "rows_auto_resize": {batchSheets}, "hide_columns": {batchSheets}, "hide_rows": {batchSheets}, "hide": {batchSheets},
		"set_basic_filter": {batchSheets}, "clear_basic_filter": {batchSheets}, "add_protected_range": {batchSheets}, "delete_protected_range": {batchSheets}, "duplicate": {batchSheets},
		"update_tab_color": {batchSheets}, "update_index": {batchSheets}, "reorder_worksheets": {batchSheets}, "insert_note": {batchSheets}, "update_note": {batchSheets}, "clear_note": {batchSheets},
		"define_named_range": {batchSheets}, "delete_named_range": {batchSheets}, "update_locale": {batchSheets}, "update_timezone": {batchSheets}, "copy_to": {"sheets.spreadsheets.sheets.copyTo"},
		"get_note": {getSheet}, "fetch_sheet_metadata": {getSheet}, "values_get": {getValues}, "values_update": {updateValues}, "values_append": {appendValues},
		"values_batch_get": {"sheets.spreadsheets.values.batchGet"}, "values_batch_update": {"sheets.spreadsheets.values.batchUpdate"}, "values_clear": {"sheets.spreadsheets.values.clear"},
		"Cell": {}, "rowcol_to_a1": {}, "a1_to_rowcol": {}, "set_timeout": {}, "refresh": {},
		"create": {"drive.files.create"}, "copy": {"drive.files.copy"}, "del_spreadsheet": {"drive.files.delete"}, "share": {"drive.permissions.create"},
		"list_permissions": {"drive.permissions.list"}, "export": {"drive.files.export"},
	},
	source: "https://docs.gspread.org/en/latest/oauth2.html",
}, {
	modules: []string{"gspread_dataframe"},
	apis:    []string{"sheets"},
	calls:   map[string][]string{"get_as_dataframe": {getValues}, "set_with_dataframe": {batchSheets, updateValues}},
	source:  "https://gspread-dataframe.readthedocs.io/",
}, {
	modules: []string{"gspread_formatting"},
	apis:    []string{"sheets"},
	calls: map[string][]string{
		"format_cell_range": {batchSheets}, "format_cell_ranges": {batchSheets}, "format_with_dataframe": {batchSheets}, "set_frozen": {batchSheets}, "set_right_to_left": {batchSheets},
		"set_column_width": {batchSheets}, "set_column_widths": {batchSheets}, "set_row_height": {batchSheets}, "set_row_heights": {batchSheets}, "set_text_format_runs": {batchSheets},
		"set_data_validation_for_cell_range": {batchSheets}, "set_data_validation_for_cell_ranges": {batchSheets}, "save": {batchSheets},
		"get_conditional_format_rules": {getSheet}, "get_data_validation_rule": {getSheet}, "get_default_format": {getSheet}, "get_effective_format": {getSheet}, "get_user_entered_format": {getSheet},
		"get_frozen_row_count": {getSheet}, "get_frozen_column_count": {getSheet}, "get_right_to_left": {getSheet},
		"CellFormat": {}, "cellFormat": {}, "Color": {}, "color": {}, "TextFormat": {}, "textFormat": {}, "NumberFormat": {}, "numberFormat": {}, "Border": {}, "border": {}, "Borders": {}, "borders": {},
		"Padding": {}, "padding": {}, "BooleanCondition": {}, "BooleanRule": {}, "ConditionValue": {}, "ConditionalFormatRule": {}, "DataValidationRule": {}, "GradientRule": {}, "GridRange": {},
		"from_a1_range": {}, "fromHex": {}, "append": {}, "clear": {},
	},
	source: "https://gspread-formatting.readthedocs.io/",
}, {
	modules: []string{"pydrive", "pydrive2"},
	apis:    []string{"drive"},
	asks:    map[string][]string{"GoogleAuth": {"drive"}},
	calls: map[string][]string{ // of version 2 of Drive, which it speaks
		"GoogleAuth": {}, "GoogleDrive": {}, "LocalWebserverAuth": {}, "CommandLineAuth": {}, "LoadCredentialsFile": {}, "SaveCredentialsFile": {}, "Authorize": {}, "Refresh": {},
		"LoadClientConfigFile": {}, "ServiceAuth": {}, "CreateFile": {}, "SetContentFile": {}, "SetContentString": {}, "FetchMetadata": {"drive.files.get"},
		"ListFile": {"drive.files.list"}, "GetList": {"drive.files.list"}, "Upload": {"drive.files.insert", "drive.files.update"},
		"GetContentFile": {"drive.files.export"}, "GetContentString": {"drive.files.export"}, "Delete": {"drive.files.delete"}, "Trash": {"drive.files.trash"}, "UnTrash": {"drive.files.untrash"},
		"InsertPermission": {"drive.permissions.insert"}, "GetPermissions": {"drive.permissions.list"}, "DeletePermission": {"drive.permissions.delete"},
	},
	source: "https://docs.iterative.ai/PyDrive2/oauth/",
}, {
	modules: []string{"simplegmail"},
	apis:    []string{"gmail"},
	asks:    map[string][]string{"Gmail": {"gmail.modify", "gmail.settings.basic"}},
	calls: map[string][]string{
		"Gmail": {}, "construct_query": {}, "send_message": {"gmail.users.messages.send"},
		"get_messages": {"gmail.users.messages.list", "gmail.users.messages.get"}, "get_unread_inbox": {"gmail.users.messages.list", "gmail.users.messages.get"},
		"get_unread_messages": {"gmail.users.messages.list", "gmail.users.messages.get"}, "get_starred_messages": {"gmail.users.messages.list", "gmail.users.messages.get"},
		"get_important_messages": {"gmail.users.messages.list", "gmail.users.messages.get"}, "get_sent_messages": {"gmail.users.messages.list", "gmail.users.messages.get"},
		"get_drafts": {"gmail.users.messages.list", "gmail.users.messages.get"}, "get_spam_messages": {"gmail.users.messages.list", "gmail.users.messages.get"},
		"list_labels": {"gmail.users.labels.list"}, "create_label": {"gmail.users.labels.create"}, "delete_label": {"gmail.users.labels.delete"},
		"mark_as_read": {"gmail.users.messages.modify"}, "mark_as_unread": {"gmail.users.messages.modify"}, "add_label": {"gmail.users.messages.modify"},
		"add_labels": {"gmail.users.messages.modify"}, "remove_label": {"gmail.users.messages.modify"}, "archive": {"gmail.users.messages.modify"}, "trash": {"gmail.users.messages.trash"},
		"download": {"gmail.users.messages.attachments.get"}, "save": {"gmail.users.messages.attachments.get"},
	},
	source: "https://github.com/jeremyephron/simplegmail",
}, {
	modules: []string{"ezgmail"},
	apis:    []string{"gmail"},
	asks:    map[string][]string{"init": {string(fullMail)}, "send": {string(fullMail)}, "unread": {string(fullMail)}, "search": {string(fullMail)}, "recent": {string(fullMail)}},
	calls: map[string][]string{
		"init": {"gmail.users.getProfile"}, "send": {"gmail.users.messages.send"}, "unread": {"gmail.users.threads.list", "gmail.users.threads.get"},
		"recent": {"gmail.users.threads.list", "gmail.users.threads.get"}, "search": {"gmail.users.threads.list", "gmail.users.threads.get"}, "summary": {},
		"trash": {"gmail.users.threads.trash"}, "markAsRead": {"gmail.users.threads.modify"}, "markAsUnread": {"gmail.users.threads.modify"},
		"addLabel": {"gmail.users.threads.modify"}, "removeLabel": {"gmail.users.threads.modify"},
		"downloadAttachment": {"gmail.users.messages.attachments.get"}, "downloadAllAttachments": {"gmail.users.messages.attachments.get"},
	},
	source: "https://github.com/asweigart/ezgmail",
}, {
	modules: []string{"yagmail"},
	apis:    []string{"gmail"},
	asks:    map[string][]string{"SMTP": {string(fullMail)}},
	given:   map[string]string{"SMTP": "oauth2_file"},
	calls:   map[string][]string{"SMTP": {"smtp"}, "send": {}, "send_unsent": {}, "close": {}, "login": {}, "register": {}, "inline": {}, "raw": {}, "set_logging": {}, "feedback": {}},
	source:  "https://yagmail.readthedocs.io/",
}, {
	modules:  []string{"gcsa"},
	apis:     []string{"calendar"},
	asks:     map[string][]string{"GoogleCalendar": {"calendar"}},
	narrower: map[string][]string{"read_only": {"calendar.readonly"}},
	over:     []string{"calendar.events.list"},
	calls: map[string][]string{
		"GoogleCalendar": {}, "Event": {}, "Attendee": {}, "EmailReminder": {}, "PopupReminder": {}, "Calendar": {}, "Recurrence": {}, "rule": {}, "daily": {}, "weekly": {},
		"get_events": {"calendar.events.list"}, "get_event": {"calendar.events.get"}, "get_instances": {"calendar.events.instances"}, "add_event": {"calendar.events.insert"},
		"add_quick_event": {"calendar.events.quickAdd"}, "update_event": {"calendar.events.update"}, "import_event": {"calendar.events.import"}, "move_event": {"calendar.events.move"},
		"delete_event": {"calendar.events.delete"}, "get_calendar": {"calendar.calendars.get"}, "add_calendar": {"calendar.calendars.insert"}, "update_calendar": {"calendar.calendars.update"},
		"delete_calendar": {"calendar.calendars.delete"}, "clear_calendar": {"calendar.calendars.clear"}, "get_calendar_list": {"calendar.calendarList.list"}, "get_free_busy": {"calendar.freebusy.query"},
		"get_settings": {"calendar.settings.list"}, "list_event_colors": {"calendar.colors.get"}, "list_calendar_colors": {"calendar.colors.get"},
	},
	source: "https://google-calendar-simple-api.readthedocs.io/en/latest/authentication.html",
}, {
	modules: []string{"pygsheets"},
	apis:    []string{"sheets", "drive"},
	lends: []string{"open", "open_all", "open_by_key", "open_by_url", "create", "sheet1", "worksheet", "worksheets", "worksheet_by_title", "add_worksheet",
		"cell", "range", "find", "get_row", "get_col"},
	asks: map[string][]string{"authorize": {"spreadsheets", "drive"}},
	calls: map[string][]string{
		"authorize": {}, "Cell": {}, "open": {"drive.files.list", getSheet}, "open_all": {"drive.files.list", getSheet}, "spreadsheet_titles": {"drive.files.list"}, "spreadsheet_ids": {"drive.files.list"},
		"open_by_key": {getSheet}, "open_by_url": {getSheet}, "worksheet": {}, "worksheets": {}, "worksheet_by_title": {}, "create": {"sheets.spreadsheets.create"}, "delete": {"drive.files.delete"},
		"get_value": {getValues}, "get_values": {getValues}, "get_all_values": {getValues}, "get_all_records": {getValues}, "get_row": {getValues}, "get_col": {getValues}, "get_as_df": {getValues},
		"cell": {getValues}, "range": {getValues}, "find": {getValues}, "update_value": {updateValues}, "update_values": {updateValues}, "update_row": {updateValues}, "update_col": {updateValues},
		"set_dataframe": {updateValues}, "append_table": {appendValues}, "clear": {"sheets.spreadsheets.values.batchClear"}, "add_worksheet": {batchSheets}, "del_worksheet": {batchSheets},
		"insert_rows": {batchSheets}, "insert_cols": {batchSheets}, "delete_rows": {batchSheets}, "delete_cols": {batchSheets}, "add_rows": {batchSheets}, "add_cols": {batchSheets},
		"share": {"drive.permissions.create"}, "remove_permission": {"drive.permissions.delete"}, "export": {"drive.files.export"},
	},
	source: "https://pygsheets.readthedocs.io/en/stable/authorization.html",
}, {
	modules: []string{"google-spreadsheet"},
	apis:    []string{"sheets", "drive"},
	whole:   true,
	asks:    map[string][]string{"useServiceAccountAuth": {"spreadsheets"}},
	calls: map[string][]string{
		"GoogleSpreadsheet": {}, "useServiceAccountAuth": {}, "createNewSpreadsheetDocument": {"sheets.spreadsheets.create"},
		"loadInfo": {getSheet}, "getInfo": {getSheet}, "loadCells": {"sheets.spreadsheets.getByDataFilter"}, "loadHeaderRow": {getValues}, "getRows": {getValues}, "getCellsInRange": {getValues},
		"setHeaderRow": {updateValues}, "addRow": {appendValues}, "addRows": {appendValues}, "save": {updateValues}, "clear": {"sheets.spreadsheets.values.clear"}, "clearRows": {"sheets.spreadsheets.values.clear"},
		"saveUpdatedCells": {batchSheets}, "saveCells": {batchSheets}, "delete": {batchSheets}, "del": {batchSheets}, "addSheet": {batchSheets}, "addWorksheet": {batchSheets}, "deleteSheet": {batchSheets},
		"updateProperties": {batchSheets}, "updateGridProperties": {batchSheets}, "updateDimensionProperties": {batchSheets}, "resize": {batchSheets}, "duplicate": {batchSheets}, "insertDimension": {batchSheets},
		"mergeCells": {batchSheets}, "unmergeCells": {batchSheets}, "addNamedRange": {batchSheets}, "deleteNamedRange": {batchSheets}, "copyToSpreadsheet": {"sheets.spreadsheets.sheets.copyTo"},
		"share": {"drive.permissions.create"}, "listPermissions": {"drive.permissions.list"}, "deletePermission": {"drive.permissions.delete"},
	},
	source: "https://theoephraim.github.io/node-google-spreadsheet/",
}}
