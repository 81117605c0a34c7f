/* Looks one name up as programs on glibc and musl do, and says what came of it, as one line of JSON.
 *
 *   probe NAME both|v4|v6
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

/* Neither declares these without _GNU_SOURCE, and musl not all of them even then. */
#ifndef EAI_NODATA
#define EAI_NODATA -5
#endif
#ifndef EAI_ADDRFAMILY
#define EAI_ADDRFAMILY -9
#endif

static const char *error_name(int error)
{
	switch (error) {
	case EAI_BADFLAGS: return "EAI_BADFLAGS";
	case EAI_NONAME: return "EAI_NONAME";
	case EAI_AGAIN: return "EAI_AGAIN";
	case EAI_FAIL: return "EAI_FAIL";
	case EAI_NODATA: return "EAI_NODATA";
	case EAI_FAMILY: return "EAI_FAMILY";
	case EAI_SOCKTYPE: return "EAI_SOCKTYPE";
	case EAI_SERVICE: return "EAI_SERVICE";
	case EAI_ADDRFAMILY: return "EAI_ADDRFAMILY";
	case EAI_MEMORY: return "EAI_MEMORY";
	case EAI_SYSTEM: return "EAI_SYSTEM";
	case EAI_OVERFLOW: return "EAI_OVERFLOW";
	default: return "unknown";
	}
}

int main(int argc, char **argv)
{
	struct addrinfo hints = {0}, *found = NULL, *one;
	struct timespec before, after;
	const char *comma = "";
	long elapsed;
	int error;

	if (argc != 3) {
		fputs("usage: probe NAME both|v4|v6\n", stderr);
		return 2;
	}
	hints.ai_family = !strcmp(argv[2], "v4") ? AF_INET : !strcmp(argv[2], "v6") ? AF_INET6 : AF_UNSPEC;
	hints.ai_socktype = SOCK_STREAM;
	clock_gettime(CLOCK_MONOTONIC, &before);
	error = getaddrinfo(argv[1], NULL, &hints, &found);
	clock_gettime(CLOCK_MONOTONIC, &after);
	elapsed = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;

	printf("{\"elapsed\":%ld,", elapsed);
	if (error) {
		printf("\"error\":\"%s (%d)\"}\n", error_name(error), error);
		return 0;
	}
	printf("\"addresses\":[");
	for (one = found; one; one = one->ai_next) {
		char text[INET6_ADDRSTRLEN] = "?";
		const void *address = one->ai_family == AF_INET
			? (const void *)&((struct sockaddr_in *)one->ai_addr)->sin_addr
			: (const void *)&((struct sockaddr_in6 *)one->ai_addr)->sin6_addr;
		inet_ntop(one->ai_family, address, text, sizeof text);
		printf("%s\"%s\"", comma, text);
		comma = ",";
	}
	printf("]}\n");
	freeaddrinfo(found);
	return 0;
}
