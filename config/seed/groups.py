"""Who may do what at the desk: groups and their model permissions.

Source: domain study, 5.3. The codenames are Django's; the desk asks for
`incidents.add_incident` to open one, `change_incident` to change or close one, `add_assignment` to
send a unit, `change_assignment` to cancel or correct one, `add_call` and `change_call` for calls.
Which rows somebody sees (an operator: the own agency's) is the selectors' matter, not decided here.
"""

ROOM = (
    "incidents.view_area",
    "incidents.view_assignment",
    "incidents.view_call",
    "incidents.view_incident",
    "incidents.view_incidentevent",
    "incidents.view_incidenttype",
    "incidents.view_milestone",
    "incidents.view_movementverdict",
    "incidents.view_routing",
    "notifications.view_delivery",
    "notifications.view_deliveryattempt",
    "notifications.view_notice",
    "notifications.view_noticeanswer",
    "notifications.view_noticereceipt",
    "notifications.view_official",
    "responders.view_agency",
    "responders.view_crewshift",
    "responders.view_device",
    "responders.view_unit",
)
CALL_TAKER = (*ROOM, "incidents.add_call", "incidents.change_call", "incidents.add_incident")
DISPATCHER = (
    *CALL_TAKER,
    "incidents.change_incident",
    "incidents.add_assignment",
    "incidents.change_assignment",
    "responders.change_unit",
)
SUPERVISOR = (
    *DISPATCHER,
    "incidents.view_timer",
    "notifications.add_official",
    "notifications.change_official",
    "notifications.view_enginebeat",
    "responders.add_crewshift",
    "responders.add_enrolmentcode",
    "responders.change_crewshift",
    "responders.change_device",
    "responders.view_checkin",
    "responders.view_user",
)
OPERATOR = (
    "incidents.view_area",
    "incidents.view_assignment",
    "incidents.view_incident",
    "incidents.view_incidentevent",
    "incidents.view_incidenttype",
    "incidents.view_milestone",
    "incidents.view_movementverdict",
    "notifications.view_delivery",
    "notifications.view_deliveryattempt",
    "responders.add_crewshift",
    "responders.add_enrolmentcode",
    "responders.change_crewshift",
    "responders.change_unit",
    "responders.view_agency",
    "responders.view_crewshift",
    "responders.view_device",
    "responders.view_unit",
)
AUDITOR = (
    *ROOM,
    "incidents.view_journalhead",
    "incidents.view_servicetoken",
    "incidents.view_timer",
    "notifications.view_enginebeat",
    "responders.view_checkin",
    "responders.view_user",
)
ADMINISTRATOR = (
    "auth.view_group",
    "incidents.add_area",
    "incidents.add_incidenttype",
    "incidents.add_routing",
    "incidents.add_servicetoken",
    "incidents.change_area",
    "incidents.change_incidenttype",
    "incidents.change_routing",
    "incidents.change_servicetoken",
    "incidents.delete_routing",
    "incidents.view_area",
    "incidents.view_incidenttype",
    "incidents.view_routing",
    "incidents.view_servicetoken",
    "notifications.add_official",
    "notifications.change_official",
    "notifications.view_enginebeat",
    "notifications.view_official",
    "responders.add_agency",
    "responders.add_crewshift",
    "responders.add_enrolmentcode",
    "responders.add_unit",
    "responders.add_user",
    "responders.change_agency",
    "responders.change_crewshift",
    "responders.change_device",
    "responders.change_unit",
    "responders.change_user",
    "responders.view_agency",
    "responders.view_crewshift",
    "responders.view_device",
    "responders.view_unit",
    "responders.view_user",
)

GROUPS: dict[str, tuple[str, ...]] = {
    "call taker": CALL_TAKER,
    "dispatcher": DISPATCHER,
    "supervisor": SUPERVISOR,
    "operator": OPERATOR,
    "auditor": AUDITOR,
    "administrator": ADMINISTRATOR,
}
