"""What is on the page: functions that return components and figures. No logic of figures here."""
