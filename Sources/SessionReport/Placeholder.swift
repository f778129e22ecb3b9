// SessionReport
